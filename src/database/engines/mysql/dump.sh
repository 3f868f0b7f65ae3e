#!/bin/bash
# dump.sh FOLDER  writes the database to FOLDER as it was at one moment, and prints the release of the server. For MySQL and MariaDB.
#
# Environment: HOSTS, PORT, DATABASE_NAME, USERNAME_FILE, PASSWORD_FILE, DUMP and CLIENT (the programs), DUMP_OPTIONS, and BINARY_LOG, if the server
# has one: then the dump has its position in that, and facts follow for a restore that replays the log after it. With it LOG_OPTIONS, the options for
# that, IDENTITY, the variable that identifies the server, and DUMP_ACCOUNT, if the user of the database may not ask for the position.
set -euo pipefail
folder=$1
options=$(mktemp)
trap 'rm -f "$options"' EXIT
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_PWD

# quoted TEXT  as option files read it
quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

user=${DUMP_ACCOUNT:-$(<"$USERNAME_FILE")}
printf '[client]\nhost=%s\nport=%s\nuser=%s\npassword=%s\n' "$HOSTS" "$PORT" "$(quoted "$user")" "$(quoted "$(<"$PASSWORD_FILE")")" >"$options"
if [ -n "${BINARY_LOG-}" ]; then
  DUMP_OPTIONS+=" $LOG_OPTIONS"
  # MySQL blocks all writes while it notes the position. Behind a statement that runs for longer, the dump fails instead.
  printf '[mysqldump]\nloose-init-command="SET SESSION lock_wait_timeout = 60"\n' >>"$options"
fi
# shellcheck disable=SC2086 # several options
"$DUMP" --defaults-extra-file="$options" $DUMP_OPTIONS --single-transaction --quick --routines --triggers --events --hex-blob --no-tablespaces "$DATABASE_NAME" |
  gzip >"$folder/database.sql.gz"
# The last line of a dump that is whole.
gzip -dc "$folder/database.sql.gz" | tail -n 1 | grep -q '^-- Dump completed' || { echo "the dump is incomplete: its last line is missing." >&2; exit 1; }
ask() { "$CLIENT" --defaults-extra-file="$options" -N -B -e "$1"; }
ask 'select version()'
[ -n "${BINARY_LOG-}" ] || exit 0

# In comments of the dump: the file and the position at the beginning, and the transactions that it has, of MariaDB at the end.
comments=$(gzip -dc "$folder/database.sql.gz" | sed -n '
  /^-- CHANGE [A-Z ]* TO [A-Z]*_LOG_FILE=/p
  /^-- SET GLOBAL gtid_slave_pos=/p
  /^\/\* SET @@GLOBAL\.GTID_PURGED=/ { :more
    /;\*\/$/! { N
      b more
    }
    s/\n//g
    p
  }')
# first NAME  what is said first of it, before any data
first() { sed -n "s/.*$1='+\{0,1\}\([^']*\)'.*/\1/p" <<<"$comments" | head -n 1; }
file=$(first '_LOG_FILE')
position=$(sed -n "s/.*_LOG_POS=\([0-9]*\).*/\1/p" <<<"$comments" | head -n 1)
[ -n "$position" ] || { echo "the dump does not contain its position in the binary log." >&2; exit 1; }
transactions=$(first GTID_PURGED)
[ -n "$transactions" ] || transactions=$(sed -n "s/.*gtid_slave_pos='\([^']*\)'.*/\1/p" <<<"$comments" | tail -n 1)
ask "select $IDENTITY" | sed 's/^/system: /'
ask "select date_format(utc_timestamp(6), '%Y-%m-%dT%H:%i:%s.%fZ')" | sed 's/^/ends: /'
printf '%s\n' "log-from: $file" "log-to: $file" "log-position: $position" "log-gtid: $transactions"
