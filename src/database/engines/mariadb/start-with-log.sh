#!/bin/bash
# start-with-log.sh SERVER [ARGUMENT...]  starts the server as start.sh does, and lets it make the account that reads its binary log, as it starts:
# so that a database from before has it too, and the password is that of the Secret. Environment: LOG_ACCOUNT, MARIADB_PASSWORD_FILE.
set -euo pipefail
# shellcheck source=../mysql/password.sh
. "${BASH_SOURCE[0]%/*}/password.sh"
: "${ACCOUNTS:=/run/mysqld/accounts.sql}"

read_password "$MARIADB_PASSWORD_FILE"
umask 077
cat >"$ACCOUNTS" <<SQL
SET SESSION sql_log_bin = 0;
CREATE OR REPLACE USER '$LOG_ACCOUNT'@'%' IDENTIFIED VIA mysql_native_password USING '*$(digest)';
GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO '$LOG_ACCOUNT'@'%';
SQL
umask 022
exec bash "${BASH_SOURCE[0]%/*}/start.sh" "$@" "--init-file=$ACCOUNTS"
