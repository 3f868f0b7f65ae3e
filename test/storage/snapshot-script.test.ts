import { spawnSync, SpawnSyncReturns } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** The script of a schedule, with a curl that answers as the API server would; docs/states/backup.md names these cases. */
const SCRIPT = path.join(__dirname, '../../src/storage/private/snapshot.sh');

let folder: string;
const file = (name: string) => path.join(folder, name);
const names = () => fs.readdirSync(file('snapshots')).sort();

/** A snapshot is a file `snapshots/<name>` with the time of its creation and what else is in its status; the API server answers a curl in lines. */
const CURL = `#!/bin/bash
for url in "$@"; do :; done
echo "$*" >>"$T/calls"
[ "$(wc -l <"$T/calls")" != "\${FAIL_AT-}" ] || { printf 'it broke\\n500'; exit; }
name=\${url##*/}
object() { printf '{\\n  "kind": "VolumeSnapshot",\\n  "metadata": {\\n    "name": "%s",\\n    "creationTimestamp": "%s"\\n  },\\n  "status": { %s }\\n}' "$name" $(head -n 1 "$T/snapshots/$name") "$(tail -n +2 "$T/snapshots/$name")"; }
case "$* " in
  *'/pods/'*) cat "$T/pod" 2>/dev/null && printf '\\n200' || printf '\\n404' ;;
  *'--data '*)
    [ ! -e "$T/snapshots/$SNAPSHOT" ] || { printf 'exists\\n409'; exit; }
    printf '%s\\n%s\\n' "\${NOW:-2026-11-24T10:00:00Z}" "\${STATUS-}" >"$T/snapshots/$SNAPSHOT"
    printf '{}\\n201' ;;
  *labelSelector*) (cd "$T/snapshots" && for name in *; do object; done); printf '\\n200' ;;
  *'--request DELETE'*) rm "$T/snapshots/$name"; printf '{}\\n200' ;;
  *) if [ -e "$T/snapshots/$name" ]; then object; printf '\\n200'; else printf 'none\\n404'; fi ;;
esac
`;
/** The snapshot becomes ready with the third pause. */
const SLEEP = '#!/bin/bash\necho >>"$T/pauses"; [ "$(wc -l <"$T/pauses")" != 3 ] || [ -n "${NEVER-}" ] || sed -i \'2s/.*/"readyToUse": true, "restoreSize": "20Gi"/\' "$T/snapshots/$SNAPSHOT"\n';

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'snapshot-'));
  for (const name of ['bin', 'snapshots', 'account']) fs.mkdirSync(file(name));
  fs.writeFileSync(file('bin/curl'), CURL, { mode: 0o755 });
  fs.writeFileSync(file('bin/sleep'), SLEEP, { mode: 0o755 });
  fs.writeFileSync(file('account/token'), 'token');
  pod('True');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function pod(ready: string): void {
  const conditions = [{ type: 'ContainersReady', status: 'True' }, { type: 'Ready', observedGeneration: 1, status: ready }];
  fs.writeFileSync(file('pod'), JSON.stringify({ status: { conditions } }, undefined, 2));
}
function has(name: string, created: string, status = '"readyToUse": true'): void {
  fs.writeFileSync(file(`snapshots/${name}`), `${created}\n${status}\n`);
}
function run(env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  fs.rmSync(file('calls'), { force: true });
  return spawnSync('sh', [SCRIPT], {
    encoding: 'utf8',
    env: {
      PATH: `${file('bin')}:${process.env.PATH}`, T: folder, ACCOUNT: file('account'), NAMESPACE: 'shop', SNAPSHOT: 'nightly-9', SCHEDULE: 'nightly', MANIFEST: '{}', KEEP: '2', ...env,
    },
  });
}
const backup = { READY_POD: 'orders-0', READY_SECONDS: '60' };

describe('a snapshot', () => {
  test('is taken of a server that is ready, and awaited', () => {
    expect(run(backup)).toMatchObject({
      status: 0, stderr: '', stdout: 'snapshot nightly-9\nthe snapshot nightly-9 is ready after 15 s. A restore needs a volume of at least 20Gi.\n',
    });
  });

  test.each([['is not ready', () => pod('False')], ['is not there', () => fs.rmSync(file('pod'))]])('is not taken of a server that %s, and none is deleted', (_, act) => {
    for (const number of [1, 2, 3, 4]) has(`nightly-${number}`, '2026-11-20T10:00:00Z');
    act();
    expect(run(backup)).toMatchObject({ status: 1, stderr: expect.stringContaining('the Pod orders-0 is not ready, so it is not known what its volume holds') as string });
    expect(names()).toHaveLength(4);
  });

  test('that a Pod before this one has taken is awaited, also when the server is not ready any more', () => {
    has('nightly-9', '2026-11-24T10:00:00Z', '"readyToUse": false');
    pod('False');
    expect(run(backup)).toMatchObject({ status: 0, stdout: expect.stringContaining('is ready after 15 s') as string });
  });

  test('that never becomes ready fails with what the driver says, said once, and none is deleted', () => {
    for (const number of [1, 2, 3, 4]) has(`nightly-${number}`, '2026-11-20T10:00:00Z');
    const { status, stderr } = run({ ...backup, NEVER: '1', STATUS: '"readyToUse": false, "error": { "time": "now", "message": "no such class" }' });
    expect({ status, stderr }).toEqual({
      status: 1, stderr: 'the driver reports: no such class\nthe snapshot nightly-9 is not ready after 60 s: it does not count, and no other is deleted. no such class\n',
    });
    expect(names()).toHaveLength(5);
  });

  test('of which nobody takes care fails, and says what may be missing', () => {
    expect(run({ ...backup, NEVER: '1' })).toMatchObject({ status: 1, stderr: expect.stringContaining('is the snapshot controller installed') as string });
  });
});

describe('of the old ones', () => {
  test('those beyond the number are deleted, of which one that is not ready is none', () => {
    has('nightly-5', '2026-11-20T10:00:00Z');
    has('nightly-6', '2026-11-21T10:00:00Z');
    has('nightly-7', '2026-11-22T10:00:00Z');
    has('nightly-8', '2026-11-23T10:00:00Z', '"readyToUse": false');
    expect(run(backup).stdout).toMatch(/deleted nightly-6\ndeleted nightly-5\n$/);
    expect(names()).toEqual(['nightly-7', 'nightly-8', 'nightly-9']);
  });

  test('those that are young stay, whatever their number, by the clock of the API server', () => {
    has('nightly-5', '2026-11-20T10:00:00Z');
    has('nightly-6', '2026-11-22T09:59:59Z');
    has('nightly-7', '2026-11-22T10:00:01Z');
    has('nightly-8', '2026-11-23T10:00:00Z');
    expect(run({ ...backup, KEEP_SECONDS: `${2 * 86_400}` })).toMatchObject({ status: 0, stdout: expect.stringMatching(/deleted nightly-6\ndeleted nightly-5\n$/) as string });
    expect(names()).toEqual(['nightly-7', 'nightly-8', 'nightly-9']);
  });

  test('the last one that is ready stays, however old', () => {
    has('nightly-1', '2020-01-01T00:00:00Z');
    has('nightly-2', '2026-11-23T10:00:00Z', '"readyToUse": false');
    run({ KEEP: '1', KEEP_SECONDS: '1' });
    expect(names()).toEqual(['nightly-1', 'nightly-2', 'nightly-9']);
  });

  test('what somebody took by a Job with another name stays', () => {
    has('nightly-before-upgrade', '2020-01-01T00:00:00Z');
    for (const number of [1, 2, 3]) has(`nightly-${number}`, '2026-11-20T10:00:00Z');
    run(backup);
    expect(names()).toEqual(['nightly-3', 'nightly-9', 'nightly-before-upgrade']);
  });
});

test('a Job that breaks off at any call fails, and the next Pod of it brings it to the same end', () => {
  const calls = () => fs.readFileSync(file('calls'), 'utf8').trim().split('\n').length;
  const reset = () => {
    for (const name of names()) fs.rmSync(file(`snapshots/${name}`));
    fs.rmSync(file('pauses'), { force: true });
    for (const number of [1, 2, 3]) has(`nightly-${number}`, '2026-11-20T10:00:00Z');
  };
  const env = { ...backup, KEEP_SECONDS: '60' };
  reset();
  expect(run(env)).toMatchObject({ status: 0 });
  const all = calls();
  expect(all).toBeGreaterThan(8);
  for (let call = 1; call <= all; call++) {
    reset();
    expect(run({ ...env, FAIL_AT: `${call}` })).toMatchObject({ status: 1, stderr: expect.stringContaining('it broke') as string });
    expect(names().length).toBeGreaterThanOrEqual(2); // two of those that were ready are left at least
    expect(run(env)).toMatchObject({ status: 0 });
    expect(names()).toEqual(['nightly-3', 'nightly-9']);
  }
});
