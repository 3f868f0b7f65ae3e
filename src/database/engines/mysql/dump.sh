#!/bin/bash
# dump.sh FOLDER  writes the database to FOLDER as it was at one moment, and prints the release of the server. For MySQL and MariaDB.
#
# Environment: HOSTS, PORT, DATABASE_NAME, USERNAME_FILE, PASSWORD_FILE, DUMP and CLIENT (the programs), DUMP_OPTIONS.
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

printf '[client]\nhost=%s\nport=%s\nuser=%s\npassword=%s\n' "$HOSTS" "$PORT" "$(quoted "$(<"$USERNAME_FILE")")" "$(quoted "$(<"$PASSWORD_FILE")")" >"$options"
# shellcheck disable=SC2086 # several options
"$DUMP" --defaults-extra-file="$options" $DUMP_OPTIONS --single-transaction --quick --routines --triggers --events --hex-blob --no-tablespaces "$DATABASE_NAME" |
  gzip >"$folder/database.sql.gz"
# The last line of a dump that is whole.
gzip -dc "$folder/database.sql.gz" | tail -n 1 | grep -q '^-- Dump completed' || { echo "the dump ends before its end." >&2; exit 1; }
"$CLIENT" --defaults-extra-file="$options" -N -B -e 'select version()'
