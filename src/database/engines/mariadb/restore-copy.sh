#!/bin/bash
# restore-copy.sh [ARGUMENT...]  makes the data of a new database from a physical backup. It runs once, on an empty volume, before prepare.sh, and works in a folder of
# the temporary files, from which what is complete is moved into place, `mysql` last. Until then the volume has the marker of a first init: no server starts on it,
# and a restore that was interrupted begins anew. The arguments are those of the server.
#
# Environment: that of volume.sh, BACKUPS (the folder of the database that was backed up), BACKUP and UNTIL (see choose.sh), FILES (the folder of the scripts of a
# member), SERVER, CLIENT (the programs), DATABASE_NAME, USERNAME_FILE, PASSWORD_FILE, SOCKET. RESTORED, if given, is a file for the name of the backup, its size, and
# how long it took.
set -euo pipefail
export LC_ALL=C
# shellcheck source=../mysql/volume.sh disable=SC2153
. "$FILES/volume.sh"
# shellcheck source=../../../backup/scripts/choose.sh
. "${BASH_SOURCE[0]%/*}/choose.sh"
# shellcheck source=../mysql/adopt.sh
. "${BASH_SOURCE[0]%/*}/adopt.sh"
work=$temporary/restored

main() {
  lock_volume "$lock"
  if [ -e "$marker" ]; then
    if [ -d "$work" ] && [ ! -e "$work/mysql" ] && has_database "$SERVER"; then complete; exit 0; fi # only that was missing
    say "making the data of this volume was interrupted before any server was reachable: it begins anew."
    clear_volume
  else
    refuse_foreign "$SERVER"
    ! has_database "$SERVER" || exit 0
  fi
  CATALOG=$BACKUPS/catalog # what was fetched is a part of it
  [ -d "$CATALOG" ] || CATALOG=$BACKUPS
  choose || refuse "in $BACKUPS, $reason. No database is made."
  backup=$BACKUPS/physical/$chosen
  require_suitable
  touch "$marker"
  sync "$marker" "$DATA_PATH" # before anything else is there
  unpack
  origin="the backup $chosen"
  adopt "$work" "$@" --skip-log-bin
  move_into_place
  complete
  say "the backup $chosen is restored, in $SECONDS s."
  [ -z "${RESTORED-}" ] || echo "$chosen $(du -sh "$backup" | cut -f 1) $SECONDS" >"$RESTORED"
}

clear_volume() {
  local entry
  contents | while IFS= read -r entry; do rm -rf "${DATA_PATH:?}/$entry"; done
  rm -rf "$temporary"
}

# facts NAME  from the description of the backup
facts() { fact "$backup/BACKUP" "$1"; }
others() { grep -vxF "$chosen" <<<"$names" | tr '\n' ' '; }

require_suitable() {
  local here there
  [ "$(facts product)" = mariadb ] || refuse "the backup $chosen is one of $(facts product), not of mariadb: no database is made."
  here=$("$SERVER" --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1) there=$(facts release)
  [ "$(printf '%s\n' "${here%.*}" "$(grep -oE '^[0-9]+\.[0-9]+' <<<"$there")" | sort -V | tail -n 1)" = "${here%.*}" ] ||
    refuse "the backup $chosen is of MariaDB $there: MariaDB $here, which runs here, is older and could misread it. No database is made."
  facts holds | grep -qxF "$DATABASE_NAME" ||
    refuse "the backup $chosen has no database '$DATABASE_NAME'. Give the new database the 'databaseName' of the one that was backed up. There are: $(facts holds | tr '\n' ' ')"
  (cd "$backup" && sha256sum -c SHA256SUMS >&2) || refuse "the backup $chosen is damaged: its checksums differ. Name an earlier one: $(others)"
}

unpack() {
  say "unpacking the backup $chosen of $(facts database)."
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
