#!/bin/bash
# The volume of a server, and how its server is started. Sourced by the scripts that start one, after member.sh.

# shellcheck source-path=SCRIPTDIR source=../../kit/founding/lock.sh
. "${BASH_SOURCE%/*}/lock.sh"

# There since the volume has an append-only file. From then on a snapshot beside it is old: one that was restored, that a person has saved, or that
# came from a master. It must not take the place of an append-only file that is lost.
USED=$DATA/.used

# A temp-appendonly.aof.manifest is none: the server crashed before it put the list of its files in place. The append-only file of Redis before 7.0 is
# a file, of which the server makes the folder.
has_append_only_file() { [ -e "$DATA/appendonlydir/appendonly.aof.manifest" ] || [ -s "$DATA/appendonly.aof" ]; }
has_snapshot() { [ -s "$DATA/dump.rdb" ]; }
has_lost_data() { [ -e "$USED" ] && ! has_append_only_file; }
has_data() { has_append_only_file || { has_snapshot && [ ! -e "$USED" ]; }; }

# left  what the volume has instead of an append-only file
left() {
  local snapshot=''
  ! has_snapshot || snapshot="there is only a snapshot (dump.rdb, written at $(date -u -r "$DATA/dump.rdb" '+%F %R') UTC)"
  if has_lost_data; then
    echo "the append-only file is lost${snapshot:+, and $snapshot}"
  else
    echo "${snapshot:-the volume is empty}"
  fi
}

# remember_use  when there is an append-only file: before that the server has acknowledged nothing
remember_use() {
  until has_append_only_file; do
    kill -0 $$ 2>/dev/null || return 0
    pause 1
  done
  { : >"$USED" && sync "$USED" "$DATA"; } || say "cannot write $USED."
}

# A server with an append-only file reads no snapshot. Where there has only been a snapshot, from a backup or from another server, it is read
# once, by a server that nobody reaches and that is no member of a cluster, and the append-only file is made of it. Interrupted, it is done again:
# the append-only file counts when it is complete.
adopt_snapshot() {
  if has_append_only_file || ! has_data; then return 0; fi
  say 'the volume has a snapshot (dump.rdb) and no append-only file: making one of it.'
  local socket=$RUN/adopt.sock server state
  "$PRODUCT-server" "$FILES/redis.conf" --port 0 --unixsocket "$socket" --appendonly no --cluster-enabled no --maxmemory 0 --protected-mode no &
  server=$!
  adopting() { "$PRODUCT-cli" -s "$socket" "$@" 2>/dev/null | tr -d '\r'; }
  until [ "$(adopting ping)" = PONG ]; do
    kill -0 "$server" 2>/dev/null || refuse "cannot read $DATA/dump.rdb: see above. Nothing was changed."
    pause 1
  done
  adopting config set appendonly yes >/dev/null
  while state=$(adopting info persistence); [ "$(field aof_rewrite_in_progress <<<"$state")$(field aof_rewrite_scheduled <<<"$state")" != 00 ] || ! has_append_only_file; do
    kill -0 "$server" 2>/dev/null || refuse "cannot make an append-only file of $DATA/dump.rdb: see above. Is the volume full?"
    [ "$(field aof_last_bgrewrite_status <<<"$state")" != err ] || { kill "$server"; refuse "cannot make an append-only file of $DATA/dump.rdb: is the volume full?"; }
    pause 1
  done
  adopting shutdown nosave || :
  wait "$server" || :
  has_append_only_file || refuse "made no append-only file of $DATA/dump.rdb. Nothing was changed."
}

# The accounts, by the hashes of their passwords: of the clients, and those in ACCOUNTS.
write_users() {
  local name rules
  [ -z "${ACCOUNTS-}" ] || echo "$ACCOUNTS"
  echo "user default on $(password_hash "$PASSWORD_FILE") ~* &* +@all"
  while read -r name rules; do
    echo "user $name on $(password_hash "$USERS/$name/password") resetchannels $rules"
  done <"$FILES/users"
}

# serve LINE...  starts the server with the configuration of this revision and these lines
serve() {
  require_passwords
  (
    umask 077
    write_users >"$RUN/users.acl"
    printf '%s\n' "include $FILES/redis.conf" "aclfile $RUN/users.acl" "masterauth $(quoted "$REDISCLI_AUTH")" "$@" >"$RUN/redis.conf"
  )
  rm -f "$WAITING"
  unset REDISCLI_AUTH
  if [ ! -e "$USED" ]; then (remember_use) 9>&- & fi
  exec "$PRODUCT-server" "$RUN/redis.conf"
}
