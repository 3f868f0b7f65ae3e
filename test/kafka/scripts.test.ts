import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { BROKER_READINESS, CONTROLLER_READINESS } from '../../src/kafka/readiness';
import { REFUSED, topicScript } from '../../src/kafka/topic-script';

/** The scripts run here as in a Pod, but for Kafka's tools, which answer what a test tells them. */
let folder: string;
beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kafka-scripts-')); });
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

function tool(name: string, script: string): void {
  fs.writeFileSync(path.join(folder, `${name}.sh`), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
}

function run(script: string, env: NodeJS.ProcessEnv = {}, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const local = script.replace(/\/opt\/kafka\/(bin|config)\/|\/tmp\//g, `${folder}/`)
    .replace(/^\(: <"\/dev\/tcp.*$/m, '');
  return spawnSync('bash', ['-c', local, 'script', ...args], { encoding: 'utf8', timeout: 20_000, env: { ...process.env, ...env } });
}

const partition = (number: number, leader: string, replicas: string, isr: string) =>
  `\tTopic: orders\tPartition: ${number}\tLeader: ${leader}\tReplicas: ${replicas}\tIsr: ${isr}\tElr: \tLastKnownElr: `;
const describeTopics = (...lines: string[]) => tool('kafka-topics', `echo "$2" >>${folder}/calls; cat <<'E'\n${lines.join('\n')}\nE`);
const callsOfTools = () => fs.existsSync(path.join(folder, 'calls')) ? fs.readFileSync(path.join(folder, 'calls'), 'utf8').trimEnd().split('\n') : [];

describe('a broker', () => {
  const ready = (me = '1') => run(BROKER_READINESS, { POD_INDEX: me }, '9092');
  beforeEach(() => { fs.writeFileSync(path.join(folder, 'server.properties'), ''); });

  test('is ready when nothing is under-replicated', () => {
    describeTopics();
    expect(ready()).toMatchObject({ status: 0 });
  });

  test('is not ready while it is missing in a set of in-sync replicas, and says which', () => {
    describeTopics(partition(0, '0', '0,1,2', '0,2'), partition(1, '2', '2,0,1', '2'));
    expect(ready()).toMatchObject({ status: 1, stdout: 'not yet in sync: 2 partitions, such as orders-1\n' });
  });

  test.each([
    ['another broker is missing', partition(0, '0', '0,1,2', '0,1')],
    ['the partition is none of its own', partition(0, '10', '10,11,12', '10,11')],
    ['there is no leader to copy from', partition(0, 'none', '0,1,2', '0')],
  ])('is ready though %s', (_, line) => {
    describeTopics(line);
    expect(ready()).toMatchObject({ status: 0 });
  });

  test('asks once, and again after a new start', () => {
    describeTopics();
    expect([ready().status, ready().status]).toEqual([0, 0]);
    expect(callsOfTools()).toEqual(['127.0.0.1:9092']);
    const later = new Date(Date.now() + 60_000);
    fs.utimesSync(path.join(folder, 'server.properties'), later, later);
    describeTopics(partition(0, '0', '0,1,2', '0,2'));
    expect(ready()).toMatchObject({ status: 1 });
  });

  test('is not ready if the question fails', () => {
    tool('kafka-topics', 'exit 1');
    expect(ready()).toMatchObject({ status: 1 });
  });
});

describe('a controller', () => {
  const ready = () => run(CONTROLLER_READINESS, { POD_INDEX: '1' }, '9093');
  const voters = (...rows: string[]) => tool('kafka-metadata-quorum', `[ "$2" = 127.0.0.1:9093 ] && cat <<'E'\nNodeId\tDirectoryId\tLogEndOffset\tLag\tLastFetchTimestamp\tLastCaughtUpTimestamp\tStatus\n${rows.join('\n')}\nE`);
  beforeEach(() => { fs.writeFileSync(path.join(folder, 'server.properties'), ''); });

  test.each([
    ['has caught up', ['3000\tx\t500\t0\t1\t1\tLeader', '3001\tx\t499\t1\t1\t1\tFollower'], 0, ''],
    ['is behind', ['3000\tx\t50000\t0\t1\t1\tLeader', '3001\tx\t10\t49990\t1\t1\tFollower'], 1, 'not yet caught up: 49990 records behind\n'],
    ['is unknown', ['3000\tx\t500\t0\t1\t1\tLeader'], 1, 'not yet caught up: not in the quorum\n'],
  ])('that %s', (_, rows, status, stdout) => {
    voters(...rows);
    expect(ready()).toMatchObject({ status, stdout });
  });
});

describe('topics', () => {
  const orders = { name: 'orders', partitions: 6, replicationFactor: 3, config: { 'retention.ms': '1000', 'cleanup.policy': 'compact,delete' } };
  const there = (partitions: number, factor: number, configs: string) =>
    `Topic: orders\tTopicId: x\tPartitionCount: ${partitions}\tReplicationFactor: ${factor}\tConfigs: ${configs}`;
  const apply = (...present: string[]) => {
    for (const name of ['kafka-topics', 'kafka-configs']) {
      tool(name, `case "$*" in *--describe*) cat <<'E'\n${present.join('\n')}\nE\n;; *) echo "${name} \${@:3}" >>${folder}/calls ;; esac`);
    }
    return run(topicScript([orders]), { BOOTSTRAP_SERVERS: 'events:9092' });
  };

  test('that is missing is made', () => {
    expect(apply('Topic: orders-old\tTopicId: x\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: ')).toMatchObject({ status: 0 });
    expect(callsOfTools()).toEqual(['kafka-topics --create --if-not-exists --topic orders --partitions 6 --replication-factor 3 --config cleanup.policy=compact,delete --config retention.ms=1000']);
  });

  test('that is as it shall be is left alone', () => {
    expect(apply(there(6, 3, 'min.insync.replicas=2,cleanup.policy=compact,delete,retention.ms=1000'))).toMatchObject({ status: 0 });
    expect(callsOfTools()).toEqual([]);
  });

  test('that differs gets partitions and settings', () => {
    expect(apply(there(3, 3, 'retention.ms=10000,cleanup.policy=compact'))).toMatchObject({ status: 0 });
    expect(callsOfTools()).toEqual([
      'kafka-topics --alter --topic orders --partitions 6',
      'kafka-configs --alter --entity-type topics --entity-name orders --add-config cleanup.policy=[compact,delete],retention.ms=[1000]',
    ]);
  });

  test('is never made smaller, and its settings still apply', () => {
    const { status, stderr } = apply(there(9, 3, ''));
    expect({ status, stderr }).toEqual({
      status: REFUSED,
      stderr: 'refused: topic orders has 9 partitions, more than the 6 asked for; Kafka cannot take any away. Ask for 9, or delete the topic and its data first\n',
    });
    expect(callsOfTools()).toHaveLength(1);
  });

  test('with other copies is refused in words', () => {
    expect(apply(there(6, 1, 'cleanup.policy=compact,delete,retention.ms=1000'))).toMatchObject({
      status: REFUSED,
      stderr: 'refused: topic orders has replication factor 1, not the 3 asked for; move its partitions with kafka-reassign-partitions.sh, then ask for what is there\n',
    });
  });

  test('that Kafka does not take fails, to be tried again', () => {
    tool('kafka-topics', 'case "$*" in *--describe*) ;; *) exit 1 ;; esac');
    expect(run(topicScript([orders]), { BOOTSTRAP_SERVERS: 'events:9092' })).toMatchObject({ status: 1, stderr: 'failed: creating orders\n' });
  });

  test.each([['failed', 'orders', 'refused', 'stock'], ['refused', 'stock', 'failed', 'orders']])('%s %s, then %s %s: tried again', (...words) => {
    tool('kafka-topics', `case "$*" in *--describe*) cat <<'E'\n${there(9, 3, '').replace('orders', 'stock')}\nE\n;; *) exit 1 ;; esac`);
    tool('kafka-configs', 'exit 0');
    const topics = [words[1], words[3]].map(name => ({ ...orders, name }));
    const { status, stderr } = run(topicScript(topics), { BOOTSTRAP_SERVERS: 'events:9092' });
    expect({ status, said: stderr.match(/^(refused|failed)/gm) }).toEqual({ status: 1, said: [words[0], words[2]] });
  });

  test.each([BROKER_READINESS, CONTROLLER_READINESS, topicScript([orders])])('script %# is what bash takes for one', script => {
    expect(() => execFileSync('bash', ['-n', '-c', script], { stdio: 'pipe' })).not.toThrow();
  });
});
