#!/bin/bash
# backup.sh  makes a backup of a database in a folder of its own, then deletes old ones. The folder has its final name only when the
# backup is complete: whatever ends in .part is not.
#
# Environment: BACKUPS (the folder of all backups of this database), DATABASE, PRODUCT, KEEP_COUNT, KEEP_SECONDS (0: age does not matter), and
# LOGS, if a log can continue these backups: then files that none of them needs are deleted too. `dump.sh FOLDER` of the product writes the files and prints the release of the
# server, which lines with further facts may follow.
set -euo pipefail
export LC_ALL=C # names sort by their bytes
scripts=${BASH_SOURCE[0]%/*}

say() { echo "$DATABASE: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}

# shellcheck source=retention.sh
. "$scripts/retention.sh"
if [ -n "${LOGS-}" ]; then
  # shellcheck source=choose.sh
  . "$scripts/choose.sh"
  # shellcheck disable=SC2034 # choose.sh reads it
  CATALOG=${LOGS%/*}
fi

part=''
trap '[ -z "$part" ] || rm -rf "$part"' EXIT

main() {
  local name release
  mkdir -p "$BACKUPS" 2>/dev/null || refuse "cannot write to $BACKUPS: is the volume read-only or full, or not owned by user $(id -u)?"
  exec 9>>"$BACKUPS/.lock" || refuse "cannot write to $BACKUPS. $(room)"
  flock -n 9 || refuse "another backup of this database is running: not starting a second one."
  rm -rf "$BACKUPS"/*.part # of a Job that was killed
  name=$(next_name "$(backups | tail -n 1)")
  part=$BACKUPS/$name.part
  say "backing up to $name. $(room)"
  mkdir "$part"
  release=$(bash "$scripts/dump.sh" "$part") || refuse "the backup failed, and earlier ones were left alone. $(room)"
  describe "$part" "$release" || refuse "the backup could not be completed, and earlier ones were left alone. $(room)"
  sync -f "$part"
  mv -T "$part" "$BACKUPS/$name"
  sync "$BACKUPS"
  say "backup $name is complete: $(du -sh "$BACKUPS/$name" | cut -f 1) in $SECONDS s."
  delete_old
  [ ! -d "${LOGS-}" ] || delete_old_log
}

# next_name NEWEST  the time, or a name after the newest one if the clock went back
next_name() {
  local now
  now=$(date -u +%Y-%m-%dT%H-%M-%SZ)
  if [[ $now > $1 ]]; then
    echo "$now"
  else
    say "the clock says $now, which is not after the newest backup $1."
    echo "$1.1"
  fi
}

# describe FOLDER RELEASE  checksums, and what whoever restores has to know
describe() {
  (cd "$1" && sha256sum -- * >SHA256SUMS) &&
    printf '%s\n' "database: $DATABASE" "product: $PRODUCT" "release: $2" >"$1/BACKUP"
}

# backups  the names of the complete backups, oldest first
backups() {
  local file
  for file in "$BACKUPS"/*/BACKUP; do
    [ ! -e "$file" ] || [[ $file = *.part/BACKUP ]] || basename "${file%/BACKUP}"
  done | sort # not as the paths sort, where a slash follows the name
}

delete_old() {
  local old
  { if [ -n "${LOGS-}" ]; then outdated; else backups | superfluous; fi; } | while read -r old; do
    say "deleting the old backup $old."
    mv "$BACKUPS/$old" "$BACKUPS/$old.part" # from now on it is not complete
    rm -rf "$BACKUPS/$old.part"
  done
}

# What no backup needs any more, see choose.sh.
delete_old_log() {
  local path
  find "$LOGS" -mindepth 2 -maxdepth 2 -type f | sed "s|^$LOGS/||" | superfluous_log | while read -r path; do
    rm -f "$LOGS/$path"
    ! rmdir "$LOGS/${path%/*}" 2>/dev/null || say "deleted the run ${path%/*} of the log archive, which no backup needs any more."
  done
}

room() { df -h "$BACKUPS" 2>/dev/null | awk 'NR == 2 { print "Free at the destination: " $4 " of " $2 "." }'; }

main
