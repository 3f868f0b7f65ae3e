#!/bin/bash
# Makes sure, before the server starts, that PGDATA holds a complete database which this member may serve.
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"
# shellcheck source=volume.sh
. "$files/volume.sh"
# shellcheck source=verify.sh
. "$files/verify.sh"
# shellcheck source=standby.sh
. "$files/standby.sh"
# shellcheck source=recover.sh
. "$files/recover.sh"
container=prepare
trap 'kill $(jobs -p) 2>/dev/null; exit 1' INT TERM # the first process of a container has no other way to stop

main() {
  mkdir -p "${PGDATA%/*}"
  lock_volume "$PGDATA.lock"
  if [ "$ordinal" = 0 ]; then prepare_primary "$@"; else prepare_standby; fi
  rm -f "$DECISION_FILE"
}

prepare_primary() {
  local decision=''
  if initialised; then
    refuse_data_of_standby
    return 0
  fi
  refuse_foreign
  rm -rf "$PGDATA.tmp"
  touch "$STATE/waiting" # decide.sh has a say now only
  await_empty_peers host_of peer_state advice
  rm -f "$STATE/waiting"
  [ ! -s "$DECISION_FILE" ] || decision=$(<"$DECISION_FILE")
  case $decision in
    'copy '*) copy_standby "${decision#copy }" ;;
    *) found "$@" ;;
  esac
}

# No standby can confirm what the first init writes: it would wait for one without end.
found() {
  run env PGDATA="$PGDATA.tmp" docker-ensure-initdb.sh postgres "$@" -c synchronous_standby_names=
  move_into_place
}

# A volume restored from a snapshot of a standby: the server would wait for a primary without end, and refuse all writes.
refuse_data_of_standby() {
  [ -e "$PGDATA/standby.signal" ] || return 0
  say "this volume holds the data of a standby, but this member is the primary, which follows no other server: not starting. Nothing was changed."
  say "Restore a snapshot of the volume of a primary. If there is none, promote this copy in a separate server, and load a dump of it here."
  exit 1
}

main "$@"
