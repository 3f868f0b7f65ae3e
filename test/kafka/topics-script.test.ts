import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DeclaredTopic, topicArgument } from '../../src/kafka/declared-topic';

/** The script runs as in a Pod, beside stand-ins for Kafka's tools that keep their topics in files. */
const SCRIPT = path.join(__dirname, '../../src/kafka/topics.sh');

/** What a topic is in this Kafka. */
interface Topic {
  readonly partitions: number;
  readonly factor: number;
  readonly config: { readonly [key: string]: string };
}

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'topics-script-'));
  fs.mkdirSync(path.join(folder, 'topics'));
  tool('kafka-topics.sh', KAFKA_TOPICS);
  tool('kafka-configs.sh', KAFKA_CONFIGS);
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

function tool(name: string, script: string): void {
  fs.writeFileSync(path.join(folder, name), `#!/bin/bash\ncd ${folder}\n${script}\n`, { mode: 0o755 });
}

/** Puts `script` before what a tool does. */
function first(name: string, script: string): void {
  tool(name, `${script}\n${name === 'kafka-topics.sh' ? KAFKA_TOPICS : KAFKA_CONFIGS}`);
}

function has(name: string, { partitions, factor, config }: Topic): void {
  const lines = [`${partitions} ${factor}`, ...Object.entries(config).map(([key, value]) => `${key}=${value}`)];
  fs.writeFileSync(path.join(folder, 'topics', name), `${lines.join('\n')}\n`);
}

function topic(name: string): Topic | undefined {
  const file = path.join(folder, 'topics', name);
  if (!fs.existsSync(file)) return undefined;
  const [[partitions, factor], ...config] = fs.readFileSync(file, 'utf8').trimEnd().split('\n').map((line, i) => i === 0 ? line.split(' ') : line.split(/=(.*)/s).slice(0, 2));
  return { partitions: Number(partitions), factor: Number(factor), config: Object.fromEntries(config) };
}

interface Run {
  /** What it wrote, a line each. */
  readonly said: string[];
  /** How many seconds it waited, each time. */
  readonly pauses: number[];
  /** After each round, whether the mark of readiness was there. */
  readonly ready: boolean[];
  /** What the tools were asked to change. */
  readonly changes: string[];
}

/** Runs the script for some rounds, and before each but the first whatever `meanwhile` says in bash. */
function run(declared: DeclaredTopic[], rounds: number, meanwhile = ''): Run {
  tool('sleep', `echo "$1 $([ -e as-declared ] && echo ready)" >>pauses
round=$(($(wc -l <pauses) + 1))
if [ "$round" -gt ${rounds} ]; then kill -TERM "$PPID"; exit; fi
${meanwhile}`);
  const { status, stdout, stderr } = spawnSync('bash', ['-c', fs.readFileSync(SCRIPT, 'utf8'), 'topics.sh', ...declared.map(topicArgument)], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, BOOTSTRAP_SERVERS: 'events:9092', KAFKA_BIN: folder, WORK_FOLDER: folder },
  });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  const lines = (text: string) => text.split('\n').filter(line => line !== '');
  const read = (file: string) => fs.existsSync(path.join(folder, file)) ? lines(fs.readFileSync(path.join(folder, file), 'utf8')) : [];
  const pauses = read('pauses').map(line => line.split(' '));
  return {
    said: [...lines(stdout), ...lines(stderr)],
    pauses: pauses.map(([seconds]) => Number(seconds)),
    ready: pauses.map(([, ready]) => ready === 'ready'),
    changes: read('changes'),
  };
}

const HOUR = 3600;
const orders: DeclaredTopic = { name: 'orders', partitions: 6, replicationFactor: 3, config: { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete' } };
const asDeclared: Topic = { partitions: 6, factor: 3, config: { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete' } };

describe('a topic', () => {
  test('that is missing is created, and looked at again', () => {
    expect(run([orders], 2)).toEqual({
      said: ['topic orders: created with 6 partitions, replication factor 3', 'all 1 topics are as declared'],
      pauses: [2, HOUR],
      ready: [false, true],
      changes: ['create orders'],
    });
    expect(topic('orders')).toEqual(asDeclared);
  });

  test('that is as declared is left alone', () => {
    has('orders', asDeclared);
    expect(run([orders], 2)).toMatchObject({ pauses: [HOUR, HOUR], ready: [true, true], changes: [] });
  });

  test('without settings of its own is a topic, too', () => {
    expect(run([{ ...orders, config: {} }], 2)).toMatchObject({ ready: [false, true] });
    expect(topic('orders')).toEqual({ ...asDeclared, config: {} });
  });

  test('that differs gets partitions and settings; those that are not declared stay', () => {
    has('orders', { partitions: 3, factor: 3, config: { 'retention.ms': '10000', 'cleanup.policy': 'compact', 'segment.ms': '7' } });
    const { said, ready, changes } = run([orders], 2);
    expect(said).toEqual([
      'topic orders: from 3 to 6 partitions; new records of a key may go to another partition than old ones',
      'topic orders: cleanup.policy=compact,delete',
      'topic orders: retention.ms=1000',
      'all 1 topics are as declared',
    ]);
    expect({ ready, changes }).toEqual({ ready: [false, true], changes: ['alter orders', 'configure orders'] });
    expect(topic('orders')).toEqual({ ...asDeclared, config: { ...asDeclared.config, 'segment.ms': '7' } });
  });

  test('whose declared settings only the brokers have gets them of its own', () => {
    has('orders', { ...asDeclared, config: { 'cleanup.policy': 'compact,delete' } });
    first('kafka-topics.sh', 'case "$*" in *--describe*) printf "Topic: orders\\tTopicId: x\\tPartitionCount: 6\\tReplicationFactor: 3\\tConfigs: retention.ms=1000,cleanup.policy=compact,delete\\n"; exit ;; esac');
    expect(run([orders], 2)).toMatchObject({ changes: ['configure orders'], ready: [false, true] });
  });

  test('with a dot in its name does not alter another one that looks like it', () => {
    has('orders.v1', { partitions: 1, factor: 3, config: {} });
    has('orders-v1', { partitions: 1, factor: 3, config: {} });
    run([{ name: 'orders.v1', partitions: 6, replicationFactor: 3, config: {} }], 2);
    expect([topic('orders.v1')?.partitions, topic('orders-v1')?.partitions]).toEqual([6, 1]);
  });

  test('with values that a shell or Java would read otherwise gets them as they are', () => {
    const config = { a: "it's $(touch oops) `touch oops` [1,2]", b: 'back\\slash', c: 'x=y', d: '' };
    has('orders', { ...asDeclared, config: {} });
    expect(run([{ ...orders, config }], 2)).toMatchObject({ ready: [false, true] });
    expect(topic('orders')?.config).toEqual(config);
    expect(fs.existsSync(path.join(folder, 'oops'))).toBe(false);
  });
});

describe('what another one did in between is found', () => {
  test('created by a client with one partition, just before: gets the others', () => {
    first('kafka-topics.sh', 'case "$*" in *--create*) [ -e topics/orders ] || printf "1 3\\n" >topics/orders ;; esac');
    expect(run([orders], 3)).toMatchObject({ changes: ['create orders', 'alter orders', 'configure orders'], ready: [false, false, true] });
    expect(topic('orders')).toEqual(asDeclared);
  });

  test('created with other copies, just before: refused', () => {
    first('kafka-topics.sh', 'case "$*" in *--create*) [ -e topics/orders ] || printf "6 1\\n" >topics/orders ;; esac');
    const { said, ready } = run([orders], 3);
    expect(ready).toEqual([false, false, false]);
    expect(said).toContain('refused: topic orders has replication factor 1, not the 3 declared. Change it with kafka-reassign-partitions.sh, or declare 1');
  });

  test('altered manually: undone within the hour', () => {
    has('orders', asDeclared);
    const altered = 'if [ "$round" = 2 ]; then sed -i s/1000/5/ topics/orders; fi';
    expect(run([orders], 3, altered)).toMatchObject({ pauses: [HOUR, 2, HOUR], ready: [true, false, true], changes: ['configure orders'] });
    expect(topic('orders')).toEqual(asDeclared);
  });

  test('deleted manually: created again', () => {
    has('orders', asDeclared);
    expect(run([orders], 3, 'if [ "$round" = 2 ]; then rm topics/orders; fi')).toMatchObject({ ready: [true, false, true], changes: ['create orders'] });
  });
});

describe('what Kafka cannot do is refused, looked at every minute, and done when it can be', () => {
  test('fewer partitions; the settings still apply', () => {
    has('orders', { partitions: 9, factor: 3, config: {} });
    const { said, pauses, ready, changes } = run([orders], 3);
    const sentence = 'refused: topic orders has 9 partitions, more than the 6 declared, and Kafka cannot remove any. Declare 9, or delete the topic and its data first';
    expect(said.filter(line => line.startsWith('refused'))).toEqual([sentence, sentence, sentence]);
    expect({ pauses, ready, changes }).toEqual({ pauses: [2, 60, 60], ready: [false, false, false], changes: ['configure orders'] });
  });

  test('other copies; when they were moved it becomes ready', () => {
    has('orders', { ...asDeclared, factor: 2 });
    expect(run([orders], 3, 'if [ "$round" = 3 ]; then sed -i "1 s/.*/6 3/" topics/orders; fi')).toMatchObject({ pauses: [60, 60, HOUR], ready: [false, false, true] });
  });

  test('as many in-sync copies as three have are not demanded of two', () => {
    const declared = { ...orders, config: { 'min.insync.replicas': '2', 'retention.ms': '1000' } };
    has('orders', { partitions: 6, factor: 2, config: { 'min.insync.replicas': '1' } });
    expect(run([declared], 3, 'if [ "$round" = 3 ]; then sed -i "1 s/.*/6 3/" topics/orders; fi')).toMatchObject({ ready: [false, false, false], pauses: [2, 60, 2] });
    expect(topic('orders')?.config).toEqual(declared.config);
  });

  test('as many in-sync copies as three have are not demanded of two, for as long as there are two', () => {
    has('orders', { partitions: 6, factor: 2, config: { 'min.insync.replicas': '1' } });
    run([{ ...orders, config: { 'min.insync.replicas': '2' } }], 3);
    expect(topic('orders')?.config).toEqual({ 'min.insync.replicas': '1' });
  });

  test('a value that Kafka writes in another way', () => {
    has('orders', { ...asDeclared, config: {} });
    first('kafka-configs.sh', 'case "$*" in *--describe*) sed -i "s/=0.50$/=0.5/" topics/orders ;; esac');
    const { said, pauses, ready, changes } = run([{ ...orders, config: { 'min.cleanable.dirty.ratio': '0.50' } }], 6);
    expect(said).toContain('refused: topic orders: Kafka accepted min.cleanable.dirty.ratio=0.50, but shows min.cleanable.dirty.ratio=0.5. Declare it as Kafka shows it');
    expect({ pauses, changes: changes.length }).toEqual({ pauses: [2, 4, 6, 8, 60, 60], changes: 4 });
    expect(ready).not.toContain(true);
  });

  test('one topic does not keep others from it', () => {
    has('orders', { ...asDeclared, partitions: 9 });
    expect(run([orders, { ...orders, name: 'stock' }], 2)).toMatchObject({ changes: ['create stock'], ready: [false, false] });
  });
});

describe('what fails is tried again', () => {
  test('too few brokers for the copies, until they are there', () => {
    first('kafka-topics.sh', `case "$*" in *--create*) [ -e brokers ] || { cat <<'E'
Error while executing topic command : Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 2 broker(s) are registered.
[2026-11-25 00:00:00,000] ERROR org.apache.kafka.common.errors.InvalidReplicationFactorException: Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 2 broker(s) are registered.
 (org.apache.kafka.tools.TopicCommand)
E
exit 1; } ;; esac`);
    const { said, pauses, ready } = run([orders], 6, '[ "$round" -lt 5 ] || touch brokers');
    expect(said).toContain('failed: creating topic orders: Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 2 broker(s) are registered.; trying again');
    expect({ pauses, ready }).toEqual({ pauses: [10, 20, 30, 30, 10, HOUR], ready: [false, false, false, false, false, true] });
  });

  test('a setting that Kafka does not know: not ready, and what is refused elsewhere is said too', () => {
    has('stock', { ...asDeclared, partitions: 9 });
    has('orders', { ...asDeclared, config: {} });
    first('kafka-configs.sh', 'case "$*" in *--alter*) echo "java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.InvalidConfigurationException: Unknown topic config name: x" >&2; exit 1 ;; esac');
    const { said, pauses, ready } = run([{ ...orders, config: { x: '1' } }, { ...orders, name: 'stock' }], 1);
    expect(said.map(line => line.split(',')[0])).toEqual(['failed: configuring topic orders: Unknown topic config name: x; trying again', 'refused: topic stock has 9 partitions']);
    expect({ pauses, ready }).toEqual({ pauses: [10], ready: [false] });
  });

  test('no answer yet', () => {
    first('kafka-topics.sh', `[ -e brokers ] || {
      echo "[2026-11-25 00:00:00,000] WARN [AdminClient clientId=adminclient-1] Connection to node -1 could not be established. Node may not be available." >&2
      echo "Error while executing topic command : Timed out waiting for a node assignment. Call: listTopics"
      exit 1
    }`);
    const { said, pauses, ready } = run([orders], 4, '[ "$round" -lt 3 ] || touch brokers');
    expect(said).toContain('no answer from events:9092 yet: Error while executing topic command : Timed out waiting for a node assignment. Call: listTopics; trying again');
    expect({ pauses, ready }).toEqual({ pauses: [10, 20, 6, HOUR], ready: [false, false, false, true] });
  });

  test('no answer about the settings is none about the topic', () => {
    has('orders', asDeclared);
    first('kafka-configs.sh', 'case "$*" in *--describe*) exit 1 ;; esac');
    expect(run([orders], 2)).toMatchObject({ ready: [false, false], changes: [] });
  });

  test('no answer after an hour says nothing: it stays ready', () => {
    has('orders', asDeclared);
    first('kafka-topics.sh', '[ ! -e gone ] || exit 1');
    expect(run([orders], 3, 'touch gone')).toMatchObject({ pauses: [HOUR, 10, 20], ready: [true, true, true] });
  });

  test('a container that starts anew does not take the mark of the last one for its own', () => {
    fs.writeFileSync(path.join(folder, 'as-declared'), '');
    first('kafka-topics.sh', 'exit 1');
    expect(run([orders], 1)).toMatchObject({ ready: [false] });
  });
});

test('Kubernetes finds no variables in the script to fill in', () => {
  expect(fs.readFileSync(SCRIPT, 'utf8').match(/\$\$|\$\([A-Z_]+\)/g)).toBeNull();
});

/** `value --option` is what follows the option. */
const ARGUMENTS = `arguments=("$@")
value() { local i; for ((i = 0; i < \${#arguments[@]}; i++)); do if [ "\${arguments[i]}" = "$1" ]; then echo "\${arguments[i + 1]}"; fi; done; }
[ "$(value --bootstrap-server)" = events:9092 ] || exit 9
`;

/** As Kafka 4.1: `--topic` is a regular expression where topics are altered, and says nothing of settings that are not the topic's. */
const KAFKA_TOPICS = `${ARGUMENTS}
case "$*" in
  *--describe*)
    for file in topics/*; do
      [ -e "$file" ] || continue
      read -r partitions factor <"$file"
      printf 'Topic: %s\\tTopicId: x\\tPartitionCount: %s\\tReplicationFactor: %s\\tConfigs: min.insync.replicas=2\\n' "$(basename "$file")" "$partitions" "$factor"
      printf '\\tTopic: %s\\tPartition: 0\\tLeader: 0\\tReplicas: 0\\tIsr: 0\\n' "$(basename "$file")"
    done ;;
  *--create*)
    name=$(value --topic)
    echo "create $name" >>changes
    [ -e "topics/$name" ] || { echo "$(value --partitions) $(value --replication-factor)"; value --config; } >"topics/$name" ;;
  *--alter*)
    for file in topics/*; do
      [[ $(basename "$file") =~ ^$(value --topic)$ ]] || continue
      echo "alter $(basename "$file")" >>changes
      sed -i "1 s/^[0-9]*/$(value --partitions)/" "$file"
    done ;;
esac`;

const KAFKA_CONFIGS = `${ARGUMENTS}
case "$*" in
  *--describe*)
    for file in topics/*; do
      [ -e "$file" ] || continue
      echo "Dynamic configs for topic $(basename "$file") are:"
      sed 1d "$file" | while IFS= read -r setting; do echo "  $setting sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:$setting}"; done
    done ;;
  *--alter*)
    file=topics/$(value --entity-name)
    echo "configure $(value --entity-name)" >>changes
    sed 's/\\\\\\\\/\\\\/g' "$(value --add-config-file)" | while IFS= read -r setting; do
      grep -v "^\${setting%%=*}=" "$file" >"$file.new"
      echo "$setting" >>"$file.new"
      mv "$file.new" "$file"
    done ;;
esac`;
