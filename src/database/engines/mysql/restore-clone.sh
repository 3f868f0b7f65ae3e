#!/bin/bash
# restore-clone.sh [ARGUMENT...]  makes the data of a new database from a physical backup, which clone.sh wrote. It runs once, on an empty volume, before
# prepare.sh: a server that no client reaches starts on the data, and the users root and that of the Secret get its password. The arguments are those of the server.
#
# The marker of a first init is there until all is at its place: a restore that was interrupted begins anew, or goes on if only moving was left.
#
# Environment: that of volume.sh, BACKUPS (the folder of the database that was backed up), BACKUP and UNTIL (see choose.sh), PRODUCT, FILES (the folder of the
# scripts of a member), SERVER, CLIENT (the programs), DATABASE_NAME, USERNAME_FILE, PASSWORD_FILE, SOCKET. RESTORED, if given, is a file for the name of
# the backup, its size, and how long it took.
set -euo pipefail
export LC_ALL=C
# shellcheck source=volume.sh disable=SC2153
. "$FILES/volume.sh"
# shellcheck source=../../../backup/scripts/choose.sh
. "${BASH_SOURCE[0]%/*}/choose.sh"
# shellcheck source=adopt.sh
. "${BASH_SOURCE[0]%/*}/adopt.sh"
data=$DATA_PATH/restoring # until it is complete; InnoDB finds no files in a folder that is hidden
ready=$DATA_PATH/.restored-data # then, until all of it is at its place

main() {
  lock_volume "$lock"
  if [ -d "$ready" ]; then
    say "the restore was interrupted when the data was complete: going on."
    move_into_place
    return 0
  fi
  if [ ! -e "$marker" ]; then
    refuse_foreign "$SERVER"
    ! has_database "$SERVER" || return 0
  fi
  CATALOG=$BACKUPS/catalog # what was fetched is a part of it
  [ -d "$CATALOG" ] || CATALOG=$BACKUPS
  choose || refuse "in $BACKUPS, $reason. No database is made."
  backup=$BACKUPS/physical/$chosen
  require_release
  (cd "$backup" && sha256sum -c SHA256SUMS >&2) || refuse "the backup $chosen is damaged: its checksums differ. Name an earlier one: $(others)"
  clear_volume
  unpack
  origin="the backup $chosen"
  adopt "$data" "$@" --skip-log-bin
  sync -f "$DATA_PATH"
  mv -T "$data" "$ready"
  move_into_place
  say "the backup $chosen is restored, in $SECONDS s."
  [ -z "${RESTORED-}" ] || echo "$chosen $(du -sh "$backup" | cut -f 1) $SECONDS" >"$RESTORED"
}

others() { grep -vxF "$chosen" <<<"$names" | tr '\n' ' '; }

# The server tells whether it can upgrade the data. It may start on those of a later patch release.
require_release() {
  local here there product
  here=$("$SERVER" --version | sed 's/.*Ver //; s/[^0-9.].*//')
  there=$(fact "$backup/BACKUP" release)
  product=$(fact "$backup/BACKUP" product)
  # shellcheck disable=SC2153
  [ "$product" = "$PRODUCT" ] || refuse "the backup $chosen is one of $product, not of $PRODUCT."
  [ "$(printf '%s\n' "$(line_of "$here")" "$(line_of "$there")" | sort -V | tail -n 1)" = "$(line_of "$here")" ] ||
    refuse "the backup $chosen is of $PRODUCT $there: $PRODUCT $here, which runs here, is older and cannot read it. Restore it into the same release line."
}
line_of() { sed -E 's/^([0-9]+\.[0-9]+).*/\1/' <<<"$1"; }

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
  say "unpacking the backup $chosen of $(fact "$backup/BACKUP" database)."
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
