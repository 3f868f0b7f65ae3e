import { AS_ROOT, type SqlProduct, succeeds } from './real-sql';

const PROGRAMS = ['mysqld', 'mysql', 'mysqlbinlog', 'mysqldump'];

/** Why cases with a MySQL server of this machine cannot run here, if they cannot. The packages of MariaDB have programs of these names, too. */
export const MYSQL_MISSING = PROGRAMS.every(name => succeeds(`command -v ${name}`)) && succeeds('! mysqld --version | grep MariaDB')
  ? undefined
  : `needs in the PATH, and of MySQL: ${PROGRAMS.join(', ')}`;

export const MYSQL: SqlProduct = {
  name: 'mysql',
  server: 'mysqld',
  client: 'mysql',
  dump: 'mysqldump',
  initialize: `mysqld --no-defaults ${AS_ROOT.join(' ')} --initialize-insecure --datadir="$DATA"`,
  options: ['--mysqlx=OFF', '--secure-file-priv=NULL'],
  logOptions: ['--gtid-mode=ON', '--enforce-gtid-consistency=ON'],
  env: { DUMP_OPTIONS: '--set-gtid-purged=OFF', LOG_OPTIONS: '--source-data=2 --set-gtid-purged=COMMENTED', IDENTITY: '@@server_uuid', DUMP_ACCOUNT: 'stateful_dump' },
  status: 'show binary log status',
  scripts: ['database/engines/mysql'],
};
