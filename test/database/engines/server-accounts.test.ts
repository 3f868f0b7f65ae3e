import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** The scripts that let a server of MySQL or MariaDB make accounts with the password of the Secret as it starts. */
const ENGINES = path.join(__dirname, '../../../src/database/engines');
const LOG = { LOG_ACCOUNT: 'stateful_log', DUMP_ACCOUNT: 'stateful_dump', MYSQL_DATABASE: 'app' };

let folder: string;
const file = (name: string) => path.join(folder, name);
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'server-accounts-'));
  // What the server is started by, under each of its names.
  for (const name of ['start.sh', 'serve.sh', 'start-server.sh']) fs.writeFileSync(file(name), 'echo "started $*"\n');
  fs.copyFileSync(path.join(ENGINES, 'mysql/password.sh'), file('password.sh'));
});
afterEach(() => { fs.rmSync(folder, { recursive: true }); });

function start(script: string) {
  fs.copyFileSync(path.join(ENGINES, script), file('script.sh'));
  return spawnSync('bash', [file('script.sh'), 'server'], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      HOSTNAME: 'shop-0',
      MYSQL_PASSWORD_FILE: file('password'),
      MARIADB_PASSWORD_FILE: file('password'),
      ACCOUNTS: file('accounts.sql'),
      COPIES: file('copies.sql'),
      ...LOG,
    },
  });
}

const scripts = ['mysql/start-with-log.sh', 'mysql/start-with-clone.sh', 'mariadb/start-with-log.sh', 'mariadb/start-for-copies.sh'];
const secrets: [string, () => void][] = [
  ['misses', () => {}],
  ['has empty', () => { fs.writeFileSync(file('password'), ''); }],
  ['has a line end as', () => { fs.writeFileSync(file('password'), '\n'); }],
];

describe.each(scripts)('%s', script => {
  test('starts the server with the accounts', () => {
    fs.writeFileSync(file('password'), "it's");
    expect(start(script)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringMatching(/^started server .*--init-file=/) as string });
  });

  test.each(secrets)('makes no account and starts no server if the Secret %s the password', (_, prepare) => {
    prepare();
    const { status, stdout, stderr } = start(script);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`shop-0: there is no password in ${file('password')}, so the server does not start`);
    expect(fs.existsSync(file('accounts.sql')) || fs.existsSync(file('copies.sql'))).toBe(false);
  });
});
