#!/bin/bash
# shellcheck disable=SC2154 # what member.sh sets
# What the primary does when its volume is empty and others may have the data: it asks them, and takes a copy over if an
# operator decides so.

# peer_state ORDINAL  what is known of a member that does not say that it is empty. Any answer of a server means data.
peer_state() {
  local host answer code=0
  host=$(host_of "$1")
  write_passfile
  if answer=$(ask_server "$host" <<<"$MEMBER_STATE"); then
    echo "has data: $answer"
    return 0
  fi
  pg_isready -q -t 2 -h "$host" -U "$user" -d "$POSTGRES_DB" || code=$?
  case $code in
    0) echo "has data, but this member cannot log in: $(refusal)" ;;
    1) echo 'has data, but does not accept connections yet' ;;
  esac
}

MEMBER_STATE="
select format('%s, system identifier %s, timeline %s, log replayed up to %s',
  case when pg_is_in_recovery() then 'a standby' else 'a server of its own' end, system_identifier,
  (select greatest(timeline_id, min_recovery_end_timeline) from pg_control_checkpoint(), pg_control_recovery()),
  case when pg_is_in_recovery() then greatest(pg_last_wal_replay_lsn(), pg_last_wal_receive_lsn()) else pg_current_wal_flush_lsn() end)
from pg_control_system();
"

STANDBY_POSITION="select greatest(pg_last_wal_replay_lsn(), pg_last_wal_receive_lsn()) from pg_control_system() where pg_is_in_recovery();"

# furthest_standby  "MEMBER LSN" of the reachable standby that has most of the log; nothing if there is none
furthest_standby() {
  local other count lsn best='' most=-1
  count=$(members) || return 0
  for ((other = 1; other < count; other++)); do
    lsn=$(ask_server "$(host_of "$other")" <<<"$STANDBY_POSITION") || continue
    if [ -z "$lsn" ] || [ "$(number_of "$lsn")" -le "$most" ]; then continue; fi
    most=$(number_of "$lsn") best="$set_name-$other $lsn"
  done
  echo "$best"
}

advice() {
  local best here
  best=$(furthest_standby)
  here=$(in_pod "$MEMBERS_HOST" prepare bash "$files/decide.sh")
  say "Members that are still starting may answer later. If the volume of this member is lost, stop all clients, then run one of these commands:"
  if [ -n "$best" ]; then
    say "  $here copy ${best% *}    # copies the data of ${best% *}, the most advanced member that answers (${best#* }); deletes nothing"
  else
    say "  $here copy $set_name-N    # copies the data of a running standby; none answers now"
  fi
  say "  $here found    # creates a new, empty database; only if no member has data"
}

# copy_standby MEMBER  its data becomes that of the primary. The server replays all of it and goes on with a timeline of
# its own, over the beginning of which the other standbys follow.
copy_standby() {
  local member=$1 host position
  host=$(host_of "${member##*-}")
  write_passfile
  position=$(ask_server "$host" <<<"$STANDBY_POSITION") || position=''
  if [ -z "$position" ]; then
    say "cannot copy $member, which does not answer as a standby ($(refusal)). Run decide.sh again when it does."
    rm -f "$DECISION_FILE"
    exit 1
  fi
  say "copying $member, which has the log up to $position."
  # A backup of a standby ends at its last flushed position: a second checkpoint moves that to all that it has replayed.
  ask_server "$host" <<<'checkpoint; checkpoint;'
  run pg_basebackup -d "$login host=$host" -w -D "$PGDATA.tmp" -X stream -c fast
  require_whole "$member" "$host"
  rm -f "$PGDATA.tmp/standby.signal"
  touch "$PGDATA.tmp/recovery.signal"
  sync "$PGDATA.tmp/recovery.signal"
  move_into_place
  say "copied $member. The server replays its log, then accepts writes."
}

# Throws the copy away if it does not hold all that the standby has replayed.
require_whole() {
  local replayed copied
  replayed=$(ask_server "$2" <<<'select pg_last_wal_replay_lsn()')
  copied=$(control 'Minimum recovery ending location' "$PGDATA.tmp")
  if [ "$(number_of "$copied")" -lt "$(number_of "$replayed")" ]; then
    say "the copy ends at $copied, but $1 has replayed the log up to $replayed: copying again."
    exit 1
  fi
}
