#!/bin/bash
# restore-clone.sh [ARGUMENT...]  makes the data of a new database from a physical backup, which clone.sh wrote. It runs once, on an empty volume, before
# prepare.sh: a server that no client reaches starts on the data, and the users root and that of the Secret get its password. The arguments are those of the server.
#
# The marker of a first init is there until all is at its place: a restore that was interrupted begins anew, or goes on if only moving was left.
#
# Environment: that of volume.sh, physical-backup.sh and adopt.sh, and FILES, the folder of the scripts of a member.
set -euo pipefail
export LC_ALL=C
# shellcheck source=volume.sh disable=SC2153
. "$FILES/volume.sh"
# shellcheck source=../../../backup/scripts/choose.sh
. "${BASH_SOURCE[0]%/*}/choose.sh"
# shellcheck source=physical-backup.sh
. "${BASH_SOURCE[0]%/*}/physical-backup.sh"
# shellcheck source=adopt.sh
. "${BASH_SOURCE[0]%/*}/adopt.sh"
data=$DATA_PATH/restoring # until it is complete; InnoDB finds no files in a folder that is hidden
ready=$DATA_PATH/.restored-data # then, until all of it is at its place

main() {
  lock_volume "$lock"
  if [ -d "$ready" ]; then
    say "the restore was interrupted after the data was complete: continuing."
    move_into_place
    return 0
  fi
  if [ ! -e "$marker" ]; then
    refuse_foreign "$SERVER"
    ! has_database "$SERVER" || return 0
  fi
  find_backup
  require_suitable
  require_whole
  clear_volume
  unpack
  adopt "$data" "$@" --skip-log-bin
  sync -f "$DATA_PATH"
  mv -T "$data" "$ready"
  move_into_place
  say_restored
}

# clear_volume  from now on, until the marker is gone, what is in it counts for nothing
clear_volume() {
  local name
  touch "$marker"
  sync "$marker" "$DATA_PATH"
  contents | while IFS= read -r name; do rm -rf "${DATA_PATH:?}/$name"; done
  mkdir -p "$temporary"
}

unpack() {
  local file
  say "unpacking $origin of $(facts database): what was written after it is not restored."
  umask 027
  mkdir "$data"
  file=$(echo "$backup"/data.*)
  unpacked "$file" | write_files || refuse "the backup $chosen cannot be unpacked: is the volume full? $(df -h "$DATA_PATH" | tail -n 1)"
  umask 022
}

unpacked() { case $1 in *.zst) zstd -q -dc "$1" ;; *) gzip -dc "$1" ;; esac; }

# write_files  of standard input, as the list says
write_files() {
  local size name
  while read -r size name <&3; do
    if [ "$size" = - ]; then
      mkdir -p "$data/$name" || return 1
    else
      head -c "$size" >"$data/$name" && [ "$(stat -c %s "$data/$name")" = "$size" ] || return 1
    fi
  done 3<"$backup/files"
}

# move_into_place  the folder mysql last: with it, the volume has a database
move_into_place() {
  local path
  shopt -s dotglob nullglob
  for path in "$ready"/*; do
    [ "$path" = "$ready/mysql" ] || mv -T "$path" "$DATA_PATH/${path##*/}"
  done
  [ ! -e "$ready/mysql" ] || mv -T "$ready/mysql" "$DATA_PATH/mysql"
  sync -f "$DATA_PATH"
  rm -f "$marker"
  sync "$DATA_PATH"
  rmdir "$ready"
}

main "$@"
