#!/bin/bash
# start-with-log.sh SERVER [ARGUMENT...]  starts the server as start.sh does, and lets it make the account that reads its binary log, as it starts:
# so that a database from before has it too, and the password is that of the Secret. Environment: LOG_ACCOUNT, MARIADB_PASSWORD_FILE.
set -euo pipefail
: "${ACCOUNTS:=/run/mysqld/accounts.sql}"

# As the server stores a password: no file has the password itself, and nothing in it needs quotes.
digest() {
  local once
  once=$(printf '%s' "$(<"$MARIADB_PASSWORD_FILE")" | sha1sum | cut -c 1-40)
  # shellcheck disable=SC2059 # bytes, not text
  printf "$(fold -w 2 <<<"$once" | sed 's/^/\\x/' | tr -d '\n')" | sha1sum | cut -c 1-40 | tr a-f A-F
}

umask 077
cat >"$ACCOUNTS" <<SQL
SET SESSION sql_log_bin = 0;
CREATE OR REPLACE USER '$LOG_ACCOUNT'@'%' IDENTIFIED VIA mysql_native_password USING '*$(digest)';
GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO '$LOG_ACCOUNT'@'%';
SQL
umask 022
exec bash "${BASH_SOURCE[0]%/*}/start.sh" "$@" "--init-file=$ACCOUNTS"
