import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What the script of a base backup decides, as in a Pod but for the programs of PostgreSQL, which are stand-ins. `postgres-incremental.test.ts` has real ones. */
const SRC = path.join(__dirname, '../../../src');

let folder: string;
const file = (name: string) => path.join(folder, name);
const put = (name: string, content: string) => {
  fs.mkdirSync(path.dirname(file(name)), { recursive: true });
  fs.writeFileSync(file(name), content);
};
const tool = (name: string, script: string) => {
  put(`bin/${name}`, `#!/bin/bash\n${script}\n`);
  fs.chmodSync(file(`bin/${name}`), 0o755);
};
const NAMES = ['2026-11-01T10-00-00Z', '2026-11-02T10-00-00Z', '2026-11-03T10-00-00Z'];
const SETTINGS = 'data_checksums=on summarize_wal=on wal_log_hints=off';
const manifest = (name: string) => `manifest of ${name}`;
const checksumOf = (text: string) => createHash('sha256').update(text).digest('hex');
const markOf = (text: string) => checksumOf(text).slice(0, 16);
/** Makes backups, the first one full, which build on each other. */
function chain(length: number): void {
  NAMES.slice(0, length).forEach((name, i) => {
    put(`there/physical/${name}/BACKUP`, `product: postgres\nsettings: ${SETTINGS}\n${i === 0 ? '' : `since: ${NAMES[i - 1]}\n`}`);
    put(`there/physical/${name}/backup_manifest`, manifest(name));
    put(`there/physical/${name}/SHA256SUMS`, `${checksumOf('files')}  base.tar.gz\n${checksumOf(manifest(name))}  backup_manifest\n`);
  });
}
const marks = (...all: string[]) => put('marks', all.map(mark => `${mark}\n`).join(''));

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'postgres-incremental-scripts-'));
  for (const script of ['backup/scripts/choose.sh', ...['base-backup.sh', 'incremental.sh', 'client.sh'].map(name => `database/engines/postgres/${name}`)]) {
    put(`files/${path.basename(script)}`, fs.readFileSync(path.join(SRC, script), 'utf8'));
  }
  put('username', 'app');
  put('password', 'secret');
  put('settings', SETTINGS);
  marks();
  for (const name of ['new', 'then']) fs.mkdirSync(file(name));
  tool('psql', `
    case "\${!#}" in
      *pg_tablespace*) echo 2 ;;
      *pg_control_system*) printf '17.6\\nsystem: 7\\n' ;;
      *pg_settings*) cat ${file('settings')} ;;
      *regexp_split*) cat ${file('marks')} ;;
      *'alter database'*) [ ! -e ${file('read-only')} ] || exit 1; echo "\${!#}" >${file('remembered')}; cp ${file('new')}/* ${file('then')} ;;
    esac`);
  tool('pg_basebackup', `
    echo "$*" >>${file('copies')}
    case "$*" in *--incremental*) [ ! -e ${file('unable')} ] || { echo half >"$4/half"; echo 'the WAL summaries are incomplete' >&2; exit 1; } ;; esac
    mkdir -p ${file('empty')}/pg_wal
    tar -czf "$5/base.tar.gz" -C ${file('empty')} pg_wal; tar -czf "$5/pg_wal.tar.gz" -C ${file('empty')}/pg_wal .
    echo '"Start-LSN": "0/1" "End-LSN": "0/2"' >"$5/backup_manifest"`);
  tool('pg_verifybackup', 'exit 0');
  tool('pg_controldata', "echo 'Database system identifier: 7'");
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

function backUp(env: NodeJS.ProcessEnv = { FULL_EVERY: '3' }) {
  const { status, stdout, stderr } = spawnSync('bash', [file('files/base-backup.sh'), file('new')], {
    encoding: 'utf8',
    env: {
      PATH: `${file('bin')}:${process.env.PATH}`, HOSTS: 'orders', PORT: '5432', USERNAME_FILE: file('username'), PASSWORD_FILE: file('password'), TMPDIR: folder, CATALOG: file('there'), ...env,
    },
  });
  return { status, stderr, since: /^since: (.*)$/m.exec(stdout)?.[1] };
}
const copies = () => fs.existsSync(file('copies')) ? fs.readFileSync(file('copies'), 'utf8').trim().split('\n').map(line => /--incremental (\S+)/.exec(line)?.[1]) : [];

test('without FULL_EVERY nothing is asked or remembered', () => {
  chain(1);
  expect(backUp({})).toMatchObject({ status: 0, since: undefined });
  expect(fs.existsSync(file('remembered'))).toBe(false);
});

test('a backup builds on the newest one, which the server knows', () => {
  chain(2);
  marks(markOf(manifest(NAMES[1])));
  expect(backUp()).toMatchObject({ status: 0, since: NAMES[1] });
  expect(copies()).toEqual([file(`there/physical/${NAMES[1]}/backup_manifest`)]);
});

test.each([
  ['there is no earlier one', () => undefined, 'there is no earlier one'],
  ['there are as many as wanted', () => { chain(3); marks(markOf(manifest(NAMES[2]))); }, 'the last full one was 3 backups ago'],
  ['the server does not record what changes', () => { chain(1); marks(markOf(manifest(NAMES[0]))); put('settings', SETTINGS.replace('summarize_wal=on', 'summarize_wal=off')); }, 'the server does not record what changes, with data_checksums=on summarize_wal=off'],
  ['the server does not record all that changes', () => { chain(1); marks(markOf(manifest(NAMES[0]))); put('settings', 'data_checksums=off summarize_wal=on wal_log_hints=off'); }, 'the server does not record all that VACUUM changes'],
  ['the newest one has no manifest', () => { chain(1); fs.rmSync(file(`there/physical/${NAMES[0]}/backup_manifest`)); }, `the newest one, ${NAMES[0]}, has no manifest, or a damaged one`],
  ['the newest one has the manifest of another one', () => {
    chain(2);
    put(`there/physical/${NAMES[1]}/backup_manifest`, manifest(NAMES[0]));
    marks(markOf(manifest(NAMES[0])), markOf(manifest(NAMES[1])));
  }, `the newest one, ${NAMES[1]}, has no manifest, or a damaged one`],
  ['the server got data checksums since', () => {
    chain(1);
    put(`there/physical/${NAMES[0]}/BACKUP`, `product: postgres\nsettings: ${SETTINGS.replace('checksums=on', 'checksums=off')}\n`);
    marks(markOf(manifest(NAMES[0])));
  }, `the newest one, ${NAMES[0]}, was made with other settings than ${SETTINGS}`],
  ['the server has no mark', () => chain(1), `the server does not know the newest one, ${NAMES[0]}`],
  ['the server has the mark of an earlier one only', () => { chain(2); marks(markOf(manifest(NAMES[0]))); }, `the server does not know the newest one, ${NAMES[1]}`],
  ['one in between is not there', () => { chain(2); fs.rmSync(file(`there/physical/${NAMES[0]}/BACKUP`)); marks(markOf(manifest(NAMES[1]))); }, 'there is no earlier one'],
])('a full backup is made where %s', (_, prepare, reason) => {
  prepare();
  const { status, since, stderr } = backUp();
  expect({ status, since, stderr }).toEqual({ status: 0, since: undefined, stderr: expect.stringContaining(`making a full backup, because ${reason}`) as string });
  expect(copies()).toEqual([undefined]);
});

test('a full backup follows at once where the server cannot tell what has changed, and nothing of the first try is left', () => {
  chain(1);
  marks(markOf(manifest(NAMES[0])));
  put('unable', '');
  expect(backUp()).toMatchObject({ status: 0, since: undefined, stderr: expect.stringMatching(/summaries are incomplete[\s\S]*because the incremental one failed: see above/) as string });
  expect(fs.readdirSync(file('new')).sort()).toEqual(['backup_manifest', 'base.tar.gz', 'pg_wal.tar.gz']);
});

test.each([['at once', '*'], ['later', '*pg_settings*']])('a server that does not answer, %s, gets no backup, rather than a full one', (_, silent) => {
  chain(1);
  tool('psql', `case "\${!#}" in ${silent}) exit 2 ;; *pg_tablespace*) echo 2 ;; esac`);
  expect(backUp()).toMatchObject({ status: 1, stderr: 'orders does not answer.\n' });
  expect(copies()).toEqual([]);
});

test('the server remembers the last ten, at once: it waits for no archive or standby', () => {
  marks(...Array.from({ length: 12 }, (_, i) => `mark${i}`));
  backUp();
  const remembered = fs.readFileSync(file('remembered'), 'utf8');
  const own = markOf(fs.readFileSync(file('new/backup_manifest'), 'utf8'));
  expect(remembered).toContain('set synchronous_commit = local;');
  expect(remembered).toContain(`alter database postgres set stateful.backups = '${[3, 4, 5, 6, 7, 8, 9, 10, 11].map(i => `mark${i}`).join(' ')} ${own}';`);
});

test('the server remembers a backup before it is verified, which takes longer than copying: nothing may become of the server in between', () => {
  tool('pg_verifybackup', 'exit 1');
  expect(backUp()).toMatchObject({ status: 1 });
  expect(fs.readdirSync(file('then')).sort()).toEqual(['backup_manifest', 'base.tar.gz', 'pg_wal.tar.gz']);
});

test('a backup that the server cannot remember is one, and says what follows', () => {
  put('read-only', '');
  expect(backUp()).toMatchObject({ status: 0, stderr: expect.stringContaining('this backup could not be recorded in the server: the next one will be a full backup.') as string });
});
