#!/bin/bash
# start-with-clone.sh SERVER [ARGUMENT...]  is the start.sh of a server that physical backups are made of, whose own start.sh is serve.sh: gives it the clone
# plugin, and lets it make the account that may copy it, as it starts: so that a database from before has it too, and its password is that of the Secret.
# The server reads the statements from a pipe: no file has the password.
#
# Environment: MYSQL_PASSWORD_FILE.
set -euo pipefail
# shellcheck source=password.sh
. "${BASH_SOURCE[0]%/*}/password.sh"

# statements ARGUMENT...  with those of start-with-log.sh, as a server reads one file
statements() {
  local argument log=''
  for argument; do
    case $argument in --init-file=*) log=${argument#*=} ;; esac
  done
  [ -z "$log" ] || cat "$log"
  cat <<SQL
SET SESSION sql_log_bin = 0;
SET SESSION sql_mode = '';
DROP USER IF EXISTS 'stateful_clone'@'%';
CREATE USER 'stateful_clone'@'%' IDENTIFIED BY $(quoted "$password");
GRANT BACKUP_ADMIN ON *.* TO 'stateful_clone'@'%';
SQL
}

read_password "$MYSQL_PASSWORD_FILE"
exec 8< <(statements "$@")
wait "$!" # they fit into the pipe
exec bash "${BASH_SOURCE[0]%/*}/serve.sh" "$@" --plugin-load-add=mysql_clone.so --init-file=/dev/fd/8
