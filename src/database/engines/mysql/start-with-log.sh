#!/bin/bash
# start-with-log.sh SERVER [ARGUMENT...]  starts the server as start.sh does, and lets it make the accounts that read its binary log and dump it, as
# it starts: so that a database from before has them too, and their password is that of the Secret.
#
# Environment: LOG_ACCOUNT, DUMP_ACCOUNT, ACCOUNTS (a file in memory, for them and their password), MYSQL_DATABASE, MYSQL_PASSWORD_FILE.
set -euo pipefail
# shellcheck source=password.sh
. "${BASH_SOURCE[0]%/*}/password.sh"

# pattern NAME  of databases with this name, in which _ and % would stand for others
pattern() {
  local name=${1//\\/\\\\}
  name=${name//_/\\_}
  name=${name//%/\\%}
  # shellcheck disable=SC2016 # a name of SQL
  printf '`%s`' "${name//\`/\`\`}"
}

# account NAME  made anew, so that it has no rights but those that follow
account() {
  echo "DROP USER IF EXISTS '$1'@'%';"
  echo "CREATE USER '$1'@'%' IDENTIFIED BY $(quoted "$password");"
}

read_password "$MYSQL_PASSWORD_FILE"
database=$(pattern "$MYSQL_DATABASE")
umask 077
cat >"$ACCOUNTS" <<SQL
SET SESSION sql_log_bin = 0;
SET SESSION sql_mode = '';
$(account "$LOG_ACCOUNT")
GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO '$LOG_ACCOUNT'@'%';
$(account "$DUMP_ACCOUNT")
GRANT FLUSH_TABLES, REPLICATION CLIENT, SHOW_ROUTINE ON *.* TO '$DUMP_ACCOUNT'@'%';
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON $database.* TO '$DUMP_ACCOUNT'@'%';
SQL
umask 022
exec bash "${BASH_SOURCE[0]%/*}/start.sh" "$@" "--init-file=$ACCOUNTS"
