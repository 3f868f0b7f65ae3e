#!/bin/bash
# restore-copy.sh [ARGUMENT...]  makes the data of a new database from a physical backup. It runs once, on an empty volume, before prepare.sh, and works in a folder of
# the temporary files, from which what is complete is moved into place, `mysql` last. Until then the volume has the marker of a first init: no server starts on it,
# and a restore that was interrupted begins anew. The arguments are those of the server.
#
# Environment: that of volume.sh, physical-backup.sh and adopt.sh, and FILES, the folder of the scripts of a member.
set -euo pipefail
export LC_ALL=C
# shellcheck source=../mysql/volume.sh disable=SC2153
. "$FILES/volume.sh"
# shellcheck source=../../../backup/scripts/choose.sh
. "${BASH_SOURCE[0]%/*}/choose.sh"
# shellcheck source=../mysql/physical-backup.sh
. "${BASH_SOURCE[0]%/*}/physical-backup.sh"
# shellcheck source=../mysql/adopt.sh
. "${BASH_SOURCE[0]%/*}/adopt.sh"
work=$temporary/restored

main() {
  lock_volume "$lock"
  if [ -e "$marker" ]; then
    if [ -d "$work" ] && [ ! -e "$work/mysql" ] && has_database "$SERVER"; then complete; exit 0; fi # only that was missing
    say "the creation of the data in this volume was interrupted before any server was reachable: starting over."
    clear_volume
  else
    refuse_foreign "$SERVER"
    ! has_database "$SERVER" || exit 0
  fi
  find_backup
  require_suitable
  require_database
  require_whole
  touch "$marker"
  sync "$marker" "$DATA_PATH" # before anything else is there
  unpack
  adopt "$work" "$@" --skip-log-bin
  move_into_place
  complete
  say_restored
}

clear_volume() {
  local entry
  contents | while IFS= read -r entry; do rm -rf "${DATA_PATH:?}/$entry"; done
  rm -rf "$temporary"
}

# As the description has the databases, not only the server tells.
require_database() {
  facts holds | grep -qxF "$DATABASE_NAME" ||
    refuse "$origin has no database '$DATABASE_NAME'. Give the new database the 'databaseName' of the original. It has: $(facts holds | tr '\n' ' ')"
}

unpack() {
  say "unpacking $origin of $(facts database): what was written after it is not restored."
  rm -rf "$work"
  mkdir -p "$work"
  # In the background, so that a trap need not wait for it.
  (set -o pipefail && zstd -dcq "$backup/data.tar.zst" | tar -xf - -C "$work") &
  running=$!
  wait "$running" || refuse "the backup $chosen cannot be unpacked: is the volume full? $(df -h "$DATA_PATH" | tail -n 1)"
  running=''
}

move_into_place() {
  local entry
  sync -f "$DATA_PATH"
  for entry in "$work"/* "$work"/.[!.]*; do
    [ ! -e "$entry" ] || [ "$entry" = "$work/mysql" ] || mv -T "$entry" "$DATA_PATH/${entry##*/}"
  done
  sync "$DATA_PATH"
  mv -T "$work/mysql" "$DATA_PATH/mysql"
}

complete() {
  sync -f "$DATA_PATH"
  rm "$marker"
  sync "$DATA_PATH"
  rm -rf "$work"
}

main "$@"
