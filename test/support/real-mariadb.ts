import { AS_ROOT, type SqlProduct, succeeds } from './real-sql';

const PROGRAMS = ['mariadbd', 'mariadb', 'mariadb-binlog', 'mariadb-dump', 'mariadb-install-db'];

/** Why cases with a MariaDB server of this machine cannot run here, if they cannot. */
export const MARIADB_MISSING = PROGRAMS.every(name => succeeds(`command -v ${name}`)) ? undefined : `needs in the PATH: ${PROGRAMS.join(', ')}`;

export const MARIADB: SqlProduct = {
  name: 'mariadb',
  server: 'mariadbd',
  client: 'mariadb',
  dump: 'mariadb-dump',
  initialize: `mariadb-install-db --no-defaults ${AS_ROOT.join(' ')} --datadir="$DATA" --skip-test-db --auth-root-authentication-method=normal >/dev/null`,
  options: [],
  logOptions: ['--binlog-format=ROW'],
  env: { DUMP_OPTIONS: '--skip-ssl', LOG_OPTIONS: '--master-data=2', IDENTITY: '@@server_id' },
  status: 'show binlog status',
  scripts: ['database/engines/mysql', 'database/engines/mariadb'],
};
