#!/bin/bash
# copy.sh FOLDER  copies the files of the server to FOLDER with mariadb-backup, and proves that a server starts on the copy and reads all of it. Prints the release
# of the server, and then facts for whoever restores: a time by its clock at which the copy had ended, and the databases in it.
#
# mariadb-backup reads the files where the server has them: the volume of the server is mounted here too, read-only.
#
# Environment: that of copy-client.sh, DATA_PATH (where the files are), SERVER, CLIENT (the programs), DATABASE_NAME, SOCKET. Beside this file: check.sh, check-copy.sh,
# and `arguments`, those of the server, a line each.
set -euo pipefail
folder=$1
scripts=${BASH_SOURCE[0]%/*}
copy=$folder/unpacked
: "${DATA_PATH:=/var/lib/mysql}" "${SOCKET:=/tmp/copy.sock}"
# shellcheck source=copy-client.sh disable=SC2153
. "$scripts/copy-client.sh"
# shellcheck source=../mysql/check.sh
. "$scripts/check.sh"
# shellcheck source=../mysql/check-copy.sh
. "$scripts/check-copy.sh"
running=''
trap 'rm -f "$options"; [ -z "$running" ] || { kill -KILL "$running"; wait "$running"; } 2>/dev/null || :' EXIT # so that it writes no more

say() { echo "$DATABASE: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}
sql() { "$CLIENT" --no-defaults --socket="$SOCKET" -u root -N -B "$@"; }

main() {
  local release ends databases
  release=$(query 'select version()') || refuse "cannot log in to the server to copy it: see above. The server creates the account for this, with the password in the Secret, at each start: if the password was changed, restart the server."
  require_same_release "$release"
  say "copying $HOSTS."
  back_up --defaults-file="$options" --backup --skip-ssl || refuse 'the server could not be copied: see above.'
  ends=$(query "select date_format(utc_timestamp(6), '%Y-%m-%dT%H:%i:%s.%fZ')")
  back_up --prepare || refuse 'the copy is not consistent: see above.'
  bring_own_files
  start
  check || refuse 'the copy is damaged: see above.'
  databases=$(sql -e "$HOLDS")
  # Otherwise backups without it would take the place of those that have it.
  grep -qxF "holds: $DATABASE_NAME" <<<"$databases" || refuse "the server has no database '$DATABASE_NAME'."
  stop
  pack
  printf '%s\n' "$release" "ends: $ends" "$databases"
}

# The image of this Job is that of the server once its rollout is complete. Another release could change the copy, or not understand it.
require_same_release() {
  local here
  here=$("$SERVER" --version | sed 's/.*Ver //; s/ .*//')
  [ "${here%%-*}" = "${1%%-*}" ] || refuse "the server is MariaDB ${1%%-*}, but this Job has the tools of ${here%%-*}: is a rollout still in progress?"
}

# back_up OPTION...  without a line for each file in the log
back_up() {
  mariadb-backup "$@" --target-dir="$copy" --tmpdir="$folder" 2>&1 |
    sed -u -E '/(Copying|Renaming|Skipping db:|is copied|\.\.\.done|DDL tracking|log scanned up to)/d' >&2
}

# What the image has in the data beside the database: the account of its health check, and the release that the system tables are of.
bring_own_files() {
  local name
  for name in .my-healthcheck.cnf mariadb_upgrade_info mysql_upgrade_info; do
    [ ! -e "$DATA_PATH/$name" ] || cp "$DATA_PATH/$name" "$copy/"
  done
}

# A server with the settings of the one that was copied, which nobody reaches, and which needs little memory.
start() {
  local arguments
  mapfile -t arguments <"$scripts/arguments"
  mkdir "$copy/.tmp"
  say "starting a server on the copy."
  "$SERVER" "${arguments[@]}" --datadir="$copy" --tmpdir="$copy/.tmp" --socket="$SOCKET" --pid-file="$SOCKET.pid" --skip-networking --skip-grant-tables \
    --skip-log-error --skip-log-bin --skip-slave-start --event-scheduler=OFF --general-log=OFF --slow-query-log=OFF --performance-schema=OFF --innodb-buffer-pool-size=128M >&2 &
  running=$!
  until sql -e 'do 0' 2>/dev/null; do
    kill -0 "$running" 2>/dev/null || refuse 'a server does not start on the copy: see above.'
    sleep 1
  done
}

HOLDS="
select concat('holds: ', schema_name) from information_schema.schemata
where schema_name regexp '^[A-Za-z_][A-Za-z0-9_]*\$' and schema_name not in ('mysql', 'sys', 'information_schema', 'performance_schema')
order by schema_name"

# Stopped well, the copy can be taken over by a later release.
stop() {
  kill "$running"
  wait "$running" || refuse 'the server did not shut down cleanly on the copy: see above.'
  running=''
  rm -rf "$copy/.tmp"
}

pack() {
  say "packing $(du -sh "$copy" | cut -f 1)."
  tar -C "$copy" -cf - . | zstd -q >"$folder/data.tar.zst"
  zstd -dcq "$folder/data.tar.zst" | tar -tf - >/dev/null # it can be read to its end
  rm -rf "$copy"
}

main
