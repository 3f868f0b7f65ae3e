#!/bin/bash
# The restore_command of a standby. There is no archive: it always says "no such file". But the server asks it before each
# connection to the primary, also to one that it was connected to before, and it connects by what is in PGSERVICEFILE.
# So nothing is streamed, nor overwritten here, before the primary is known to have all that this copy has.
#
# An exit status above 128 makes the server stop: the copy must not serve, or must be cloned anew, which serve.sh does.
#
# @see WaitForWALToBecomeAvailable in src/backend/access/transam/xlogrecovery.c of PostgreSQL
exec 9>&- # the lock of the volume is the server's
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"
# shellcheck source=verify.sh
. "$files/verify.sh"
# shellcheck source=standby.sh
. "$files/standby.sh"

main() {
  local file=$1 last='' last_time=0 reason=''
  rm -f "$PGSERVICEFILE"
  [[ $file =~ ^[0-9A-F]{24}$ ]] || return 1 # a history file: the primary has those
  [ ! -e "$STATE/gate" ] || read -r last last_time <"$STATE/gate"
  echo "$file $EPOCHSECONDS" >"$STATE/gate"
  [ ! -e "$STATE/saving" ] || return 1 # follows nobody
  # One segment after the other: the server replays what it has. It asks again when that is done.
  [ "${file:8}" = "${last:8}" ] || [ $((EPOCHSECONDS - last_time)) -gt 2 ] || return 1
  while :; do
    once # not as a condition: bash would go on after errors in it
    [ "$reason" != '' ] || break
    complain
    # Asked for the same file again: all of the local log is replayed, so that waiting here delays nothing, and fills no log.
    if [ "$file" != "$last" ] || [ "$SECONDS" -ge 20 ]; then break; fi
    sleep 1
  done
  echo "$file $EPOCHSECONDS" >"$STATE/gate"
  return 1
}

# Asks the primary once; sets `reason` if it is to be asked again.
once() {
  reason=''
  verify "$(own_server 'select pg_last_wal_replay_lsn()')"
  case $verdict in
    same)
      if ensure_slot "$PRIMARY_HOST hostaddr=$address"; then allow; else reason="cannot create a replication slot: $(refusal)"; fi
      ;;
    other | diverged)
      touch "$PGDATA.diverged"
      compare_copies
      stop_server
      ;;
    recycled)
      say "$set_name-0 no longer has the log that this copy needs next: stopping, to clone $set_name-0 again."
      stop_server
      ;;
  esac
}

# The server ends when its startup process fails; is-alive.sh makes sure, should it hang.
stop_server() {
  touch "$STATE/stopping"
  exit 255
}

# The very address that was asked: a primary that starts anew has another, and is verified anew.
allow() {
  rm -f "$PGDATA.diverged" "$STATE/complained"
  printf '[verified_primary]\nhost=%s\nhostaddr=%s\n' "$PRIMARY_HOST" "$address" >"$PGSERVICEFILE.new"
  mv "$PGSERVICEFILE.new" "$PGSERVICEFILE"
}

complain() {
  local at=0
  [ ! -e "$STATE/complained" ] || at=$(<"$STATE/complained")
  [ $((EPOCHSECONDS - at)) -ge 10 ] || return 0
  echo "$EPOCHSECONDS" >"$STATE/complained"
  say "not following $set_name-0: $reason"
}

main "$@"
