#!/bin/bash
# How a restored MySQL or MariaDB server is started, checked and asked. Sourced by verify.sh. Environment: CLIENT, SERVER (the programs),
# DATABASE_NAME, PASSWORD_FILE.
unset MYSQL_HOST MYSQL_TCP_PORT
MYSQL_PWD=$(<"$PASSWORD_FILE")
export MYSQL_PWD

serve() { exec "$SERVER" "$@" --skip-networking; }

# The socket that both images configure: what is compiled into the client differs.
sql() { "$CLIENT" --no-defaults --socket=/var/run/mysqld/mysqld.sock -u root -N -B "$@"; }

answers() { sql -e 'do 0' 2>/dev/null; }

TABLES="
select concat('check table \`', replace(table_schema, '\`', '\`\`'), '\`.\`', replace(table_name, '\`', '\`\`'), '\`;')
from information_schema.tables where table_schema not in ('information_schema', 'performance_schema', 'sys')"

# CHECK TABLE answers with rows, in which it says that a table is damaged; then the client succeeds.
check() {
  local report
  say 'checking every table and view with CHECK TABLE.'
  report=$(sql --raw -e "$TABLES" | sql) || return 1
  ! awk -F '\t' 'tolower($3) == "error" || $3 == "status" && $4 !~ /^(OK|Table is already up to date)$/' <<<"$report" | grep . >&2
}

ask() { sql "$DATABASE_NAME" <"$1"; }
