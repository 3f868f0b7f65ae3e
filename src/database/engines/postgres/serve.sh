#!/bin/bash
# Starts the server; a standby follows the primary with what its own name and Secret say, not with what a volume says.
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"
# shellcheck source=volume.sh
. "$files/volume.sh"
# shellcheck source=verify.sh
. "$files/verify.sh"
# shellcheck source=standby.sh
. "$files/standby.sh"
container=postgres
trap 'kill $(jobs -p) 2>/dev/null; exit 1' INT TERM

rm -f "$STATE/followed" "$STATE/gate" "$STATE/cloning" "$STATE/stopping" "$PGSERVICEFILE"
lock_volume "$PGDATA.lock"
# A container that starts again, after the gate has stopped its server, has no init container before it.
[ "$ordinal" = 0 ] || prepare_standby
chmod 0700 "$PGDATA" # the server refuses more, which a change of the volume's group may have given

# forget_slots  of the set that this volume was restored from: nobody reads them, and they make the primary keep its log
forget_slots() {
  local mark=$PGDATA/cdk8s-stateful.set former
  former=$(cat "$mark" 2>/dev/null) || :
  [ "$former" != "$set_name" ] || return 0
  for former in ${former:+"$PGDATA/pg_replslot/${former//-/_}_"[0-9]*}; do
    [ ! -d "$former" ] || { say "dropping the replication slot ${former##*/} of the set that this volume was restored from."; rm -rf "$former"; }
  done
  echo "$set_name" >"$mark"
}

# Replay needs room for all that the primary had room for: its limits may have been lowered since.
recorded_limits() {
  local name field recorded wanted
  while read -r name field; do
    recorded=$(control "$field setting")
    wanted=$(postgres -C "$name" -D "$PGDATA" "$@")
    [ "$recorded" -le "$wanted" ] || limits+=(-c "$name=$recorded")
  done <<'END'
max_connections max_connections
max_worker_processes max_worker_processes
max_wal_senders max_wal_senders
max_prepared_transactions max_prepared_xacts
max_locks_per_transaction max_locks_per_xact
END
}

if [ "$ordinal" != 0 ]; then
  limits=()
  recorded_limits "$@"
  set -- "$@" "${limits[@]}" -c "primary_conninfo=service=verified_primary $login" -c "primary_slot_name=$slot" \
    -c "restore_command=exec bash $files/gate.sh %f"
else
  forget_slots
  # A copy of a standby that was taken over: clients come when it has replayed all of its log and is a primary.
  [ ! -e "$PGDATA/recovery.signal" ] || set -- "$@" -c hot_standby=off -c restore_command=false
fi

# The server must not be the first process of its container. That one inherits the processes that a probe leaves behind when
# it is cut off, and PostgreSQL takes a stranger that ends with an error for a crash of its own: it would restart all of its
# processes. A shell reaps them, and passes signals on; it always asks for a fast shutdown, as a slow one waits for clients.
server='' signalled=''
# shellcheck disable=SC2317 # the traps call it
pass_on() { signalled=1; [ -z "$server" ] || kill "-$1" "$server" 2>/dev/null || :; }
trap 'pass_on INT' INT TERM
trap 'pass_on QUIT' QUIT
# With the lock of the volume, a file of another server is of one that is gone, and its number may be anybody's now. Without
# locks it is the server's own check, and stays.
! flock -n 9 2>/dev/null || rm -f "$PGDATA/postmaster.pid"
postgres "$@" &
server=$!
status=0
wait "$server" || status=$?
while [ -n "$signalled" ]; do # that ended the wait, not the server
  signalled='' status=0
  wait "$server" || status=$?
done
exit "$status"
