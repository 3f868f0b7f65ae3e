import { ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const SCRIPT = join(__dirname, '../../../src/kit/founding/founding.sh');

/** Three members that differ by their loopback address, as Pods do by theirs. */
let folder: string;
let running: ChildProcess[] = [];
let port = 20000 + process.pid % 10000;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'founding-'));
  port += 1;
  writeFileSync(join(folder, 'members'), '3\n');
});
afterEach(() => {
  for (const child of running) process.kill(-(child.pid ?? 0), 'SIGKILL');
  running = [];
  rmSync(folder, { recursive: true });
});

function environment(hostname: string) {
  return {
    ...process.env,
    HOSTNAME: hostname,
    MEMBERS_FILE: join(folder, 'members'),
    DECISION_FILE: join(folder, 'decision'),
    FOUNDING_PORT: `${port}`,
    FOUNDING_PAUSE: '0.1',
  };
}

/** A member of its own that runs for the rest of the test. All listen at one port; `host_of` tells them apart by address. */
function start(hostname: string, commands: string): void {
  running.push(spawn('bash', ['-c', `. ${SCRIPT}\n${commands}`], { env: environment(hostname), stdio: 'ignore', detached: true }));
}

async function founder(seconds: number, more = ''): Promise<{ readonly founded: boolean; readonly log: string }> {
  const script = `. ${SCRIPT}\nhost_of() { case $1 in 1) echo 127.0.0.1 ;; 2) echo "\${SECOND:-127.0.0.1}" ;; esac; }\n${more}\nawait_empty_peers host_of \${PEER_STATE-} \${ADVICE-} && echo founded`;
  const answer = promisify(execFile)('timeout', [`${seconds}`, 'bash', '-c', script], { env: environment('orders-0') });
  return answer.then(({ stdout, stderr }) => ({ founded: stdout.includes('founded'), log: stderr }), (error: { stderr: string }) => ({ founded: false, log: error.stderr }));
}

test('founds when every other member has said that it is empty', async () => {
  writeFileSync(join(folder, 'members'), '2\n');
  start('orders-1', 'answer_empty; sleep 20');
  expect(await founder(10)).toMatchObject({ founded: true });
});

test('a single member has nobody to ask', async () => {
  writeFileSync(join(folder, 'members'), '1\n');
  expect(await founder(5)).toMatchObject({ founded: true });
});

test('no answer is no permission: waits, and names who does not answer', async () => {
  const { founded, log } = await founder(5);
  expect(founded).toBe(false);
  expect(log).toContain('orders-1: does not answer');
  expect(log).toContain('orders-2: does not answer');
});

test('one that answers for another member, such as a Pod that got its address, counts for nobody', async () => {
  start('orders-1', 'answer_empty; sleep 20'); // at the address of orders-2 too
  const { founded, log } = await founder(5);
  expect(founded).toBe(false);
  expect(log).toContain('orders-2: does not answer');
});

test('a name that does not resolve, and a peer that takes connections and says nothing, are no answers', async () => {
  start('orders-1', `perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 5, LocalPort => ${port}, ReuseAddr => 1); my @c; while (my $c = $s->accept) { push @c, $c }'`);
  expect(await founder(5, 'SECOND=no-such-host.invalid')).toMatchObject({ founded: false });
});

test('without the number of members it does not found', async () => {
  rmSync(join(folder, 'members'));
  const { founded, log } = await founder(5);
  expect(founded).toBe(false);
  expect(log).toContain('does not contain the number of members');
});

test('says what is known of the others, and what a person can do', async () => {
  const { log } = await founder(5, 'PEER_STATE=state; state() { echo "has data at 0/$1"; }; ADVICE=advice; advice() { echo "do this"; }');
  expect(log).toContain('orders-1: has data at 0/1');
  expect(log).toContain('do this');
});

test('a person decides', async () => {
  setTimeout(() => writeFileSync(join(folder, 'decision'), 'found'), 1000);
  const { founded, log } = await founder(10);
  expect(founded).toBe(true);
  expect(log).toContain('decided with decide.sh: found');
});

test.each([
  ['orders-headless.shop.svc.cluster.local', 'kubectl exec -n shop orders-0 -c postgres -- bash decide.sh found\n'],
  ['orders-headless', 'kubectl exec orders-0 -c postgres -- bash decide.sh found\n'], // manifests without a namespace
])('prints a command that can be pasted, for members below %s', async (domain, command) => {
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -eu; . ${SCRIPT}; in_pod ${domain} postgres bash decide.sh found`], { env: environment('orders-0') });
  expect(stdout).toBe(command);
});

test('stops answering when it is told to', async () => {
  writeFileSync(join(folder, 'members'), '2\n');
  start('orders-1', `answer_empty; sleep 0.5; stop_answering; touch ${join(folder, 'stopped')}; sleep 20`);
  while (!existsSync(join(folder, 'stopped'))) await new Promise(resolve => setTimeout(resolve, 50));
  expect(await founder(5)).toMatchObject({ founded: false });
});
