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
: "${SOCKET:=/var/run/mysqld/mysqld.sock}" # that the image configures
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_USER MYSQL_PWD # of another database, by a grant
work=$temporary/restored
running=''
trap 'exit 143' TERM
trap '[ -z "$running" ] || kill "$running" 2>/dev/null || :' EXIT

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
  start "$@"
  adoption | sql || refuse 'the password of the Secret could not be set: see above.'
  MYSQL_PWD=$(<"$PASSWORD_FILE") sql -e 'do 0' || refuse 'the password of the Secret was not set: see above.'
  stop
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

sql() { "$CLIENT" --no-defaults "--socket=$SOCKET" -u root "$@"; }

# start ARGUMENT...  a server that no client reaches, and that takes every password, and waits until it answers
start() {
  "$SERVER" "$@" --datadir="$work" --skip-log-bin --skip-networking --skip-grant-tables --event-scheduler=OFF &
  running=$!
  until sql -e 'do 0' 2>/dev/null; do
    kill -0 "$running" 2>/dev/null || refuse "a server does not start on the backup $chosen: see above."
    sleep 1 & wait "$!"
  done
}

literal() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\\\'}"
}

# As the image makes both users. Those of a Job and an archiver have the password of the other Secret: the server makes them anew, if it needs them.
adoption() {
  local password user
  password=$(literal "$(<"$PASSWORD_FILE")")
  user=$(literal "$(<"$USERNAME_FILE")")
  cat <<SQL
set session sql_mode = '';
flush privileges;
drop user if exists stateful_copy@'%', stateful_log@'%';
create user if not exists root@localhost identified by $password;
alter user root@localhost identified by $password;
grant all on *.* to root@localhost with grant option;
create user if not exists $user@'%' identified by $password;
alter user $user@'%' identified by $password;
grant all on \`${DATABASE_NAME//_/\\_}\`.* to $user@'%';
SQL
}

stop() {
  kill "$running"
  wait "$running" || refuse 'the server did not stop well after the restore: it begins anew.'
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
