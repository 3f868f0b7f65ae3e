#!/bin/bash
# start-for-copies.sh SERVER [ARGUMENT...]  takes the place of start.sh where there are physical backups. It lets the server make the account that they are made with,
# as it starts: so that a database from before has it too, and its password is that of the Secret. An init file that the archiver of the log needs is continued.
#
# Environment: MARIADB_PASSWORD_FILE.
set -euo pipefail
# shellcheck source=../mysql/password.sh
. "${BASH_SOURCE[0]%/*}/password.sh"
: "${COPIES:=/run/mysqld/copies.sql}"

read_password "$MARIADB_PASSWORD_FILE"
arguments=("$@")
case ${!#} in
  --init-file=*) file=${!#} file=${file#*=} ;;
  *) file=$COPIES arguments+=("--init-file=$COPIES") ;;
esac
umask 077
[ "$file" != "$COPIES" ] || : >"$file"
cat >>"$file" <<SQL
SET SESSION sql_log_bin = 0;
CREATE OR REPLACE USER stateful_copy@'%' IDENTIFIED VIA mysql_native_password USING '*$(digest)';
GRANT RELOAD, PROCESS, LOCK TABLES, BINLOG MONITOR ON *.* TO stateful_copy@'%';
SQL
umask 022
exec bash "${BASH_SOURCE[0]%/*}/start-server.sh" "${arguments[@]}"
