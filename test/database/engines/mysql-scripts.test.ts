import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { DATA_PATH, START } from '../../../src/database/engines/mysql-family';

test('a server that is granted another database starts without its variables', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mysql-scripts-'));
  fs.writeFileSync(path.join(folder, 'docker-entrypoint.sh'), '#!/bin/bash\ncompgen -e MYSQL; echo "$@"\n', { mode: 0o755 });
  const { status, stdout } = spawnSync('bash', ['--norc', '-O', 'extglob', '-c', START.replace(DATA_PATH, folder), 'start.sh', 'mysqld'], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env.PATH}`, MYSQL_DATABASE: 'app', MYSQL_HOST: 'other', MYSQL_TCP_PORT: '1', MYSQL_USER: 'other', MYSQL_PWD: 'other' },
  });
  fs.rmSync(folder, { recursive: true });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'MYSQL_DATABASE\nmysqld\n' });
});
