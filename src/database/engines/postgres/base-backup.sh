#!/bin/bash
# base-backup.sh FOLDER  copies the files of the primary to FOLDER, or what has changed in them since the newest backup, with the log that makes
# them consistent, and proves that the copy can be unpacked and is whole. Prints the release of the server, then facts for whoever restores: the
# system identifier, the user, what is recorded in the log, a time by the clock of the server at which the copy had ended, the first and the last
# file of the log that is in it, and the backup that an incremental one builds on.
#
# Environment: HOSTS (the primary), and that of client.sh; for incremental backups FULL_EVERY, which of them is a full one, and CATALOG (see choose.sh), where the
# newest backup has its manifest.
set -euo pipefail
folder=$1
# shellcheck source=client.sh
. "${BASH_SOURCE[0]%/*}/client.sh"

refuse() {
  say "$*"
  exit 1
}

# In SQL, those that decide what the log has of changes.
LOG_SETTINGS="(select string_agg(name || '=' || setting, ' ' order by name) from pg_settings where name in ('data_checksums', 'summarize_wal', 'wal_log_hints'))"

base='' # the backup that this one builds on
if [ -n "${FULL_EVERY-}" ]; then
  # shellcheck source=incremental.sh
  . "${BASH_SOURCE[0]%/*}/incremental.sh"
fi

main() {
  local facts tablespaces
  write_passfile
  tablespaces=$(ask "$HOSTS" 'select count(*) from pg_tablespace') || refuse "$HOSTS does not answer."
  [ "$tablespaces" = 2 ] || refuse 'the server has additional tablespaces, which a physical backup cannot restore: use dumps.'
  [ -z "${FULL_EVERY-}" ] || copy_changes || base=''
  if [ -z "$base" ]; then
    say "copying $HOSTS."
    copy
  fi
  [ -z "${FULL_EVERY-}" ] || remember || say "this backup could not be recorded in the server: the next one will be a full backup."
  facts=$(ask "$HOSTS" "$(facts_of "$(position Start-LSN | head -n 1)" "$(position End-LSN | tail -n 1)")")
  verify "$(sed -n 's/^system: //p' <<<"$facts")"
  echo "$facts"
  [ -z "$base" ] || echo "since: $base"
}

# copy OPTION...
copy() {
  pg_basebackup -h "$HOSTS" -w -D "$folder" --format tar --gzip --wal-method stream --checkpoint fast --no-sync "$@" # backup.sh syncs all of it
}

# position KEY  from the manifest, which has a range of the log for each timeline
position() { grep -o "\"$1\": \"[0-9A-F]*/[0-9A-F]*\"" "$folder/backup_manifest" | cut -d '"' -f 4; }

facts_of() {
  cat <<SQL
    select concat_ws(chr(10), current_setting('server_version'), 'system: ' || system_identifier, 'user: ' || current_user,
      'settings: ' || $LOG_SETTINGS, 'ends: ' || to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'log-from: ' || pg_walfile_name('$1'), 'log-to: ' || pg_walfile_name('$2'))
    from pg_control_system()
SQL
}

# verify SYSTEM  what a restore will unpack. It needs room for the database as it is, beside the backup.
verify() {
  local copy=$folder/unpacked
  mkdir "$copy"
  say "unpacking the copy to verify it."
  tar -xzf "$folder/base.tar.gz" -C "$copy"
  tar -xzf "$folder/pg_wal.tar.gz" -C "$copy/pg_wal"
  cp "$folder/backup_manifest" "$copy/"
  pg_verifybackup --quiet "$copy"
  [ "$(LC_ALL=C pg_controldata -D "$copy" | sed -n 's/^Database system identifier: *//p')" = "$1" ] ||
    refuse "$HOSTS was replaced by another database during the copy."
  rm -rf "$copy"
}

main
