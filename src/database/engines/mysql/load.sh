#!/bin/bash
# load.sh [FOLDER]  loads what dump.sh wrote, over the socket of the server that makes the database; without a folder prints the release
# that runs here. For MySQL and MariaDB. Environment: CLIENT, SERVER (the programs), DATABASE_NAME, PASSWORD_FILE.
set -euo pipefail
if [ $# = 0 ]; then
  "$SERVER" --version | sed 's/.*Ver //; s/ .*//'
  exit
fi
unset MYSQL_HOST MYSQL_TCP_PORT
MYSQL_PWD=$(<"$PASSWORD_FILE")
export MYSQL_PWD
# The socket that both images configure: what is compiled into the client differs.
sql() { "$CLIENT" --no-defaults --socket=/var/run/mysqld/mysqld.sock -u root "$@"; }
# Events must not change the data while the log is replayed after this. The server that begins on it has its own setting.
sql -e 'SET GLOBAL event_scheduler = OFF' 2>/dev/null || : # it may be disabled as a whole
gzip -dc "$1/database.sql.gz" | sql "$DATABASE_NAME"
