#!/bin/bash
# shellcheck disable=SC2154 # what member.sh, verify.sh and the scripts set
# How a member other than 0 comes to a copy of the primary that may serve.

# The slot makes the primary keep the log that this standby has not read yet, from now on. A slot whose log is gone
# cannot do that any more. A sender that still holds the slot feeds a walreceiver that is gone.
ensure_slot() {
  ask_server "$1" >/dev/null <<'SQL'
select pg_terminate_backend(active_pid) from pg_replication_slots where slot_name = :'slot' and active;
select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = :'slot' and not active and wal_status = 'lost';
select pg_create_physical_replication_slot(:'slot', true) where not exists (select from pg_replication_slots where slot_name = :'slot');
SQL
}

primary_answers() { pg_isready -q -t 3 -h "$PRIMARY_HOST" -U "$user" -d "$POSTGRES_DB"; }

# An empty member says so, for the primary may have to know, and clones when there is a primary. One whose clone was
# interrupted knows that there was one: it does not say that it knows nothing.
join() {
  local said=-10
  refuse_foreign
  [ -d "$PGDATA.tmp" ] || answer_empty
  until primary_answers; do
    if [ $((SECONDS - said)) -ge 10 ]; then
      said=$SECONDS
      say "this volume is empty: waiting for $PRIMARY_HOST to answer, to clone it."
    fi
    pause 2
  done
  stop_answering
  clone
}

clone() {
  touch "$STATE/cloning" # the probes of a server that clones wait
  write_passfile
  until ensure_slot "$PRIMARY_HOST"; do
    say "cannot create a replication slot on $PRIMARY_HOST: $(refusal)"
    pause 5
  done
  say "cloning $PRIMARY_HOST."
  mkdir -p "$PGDATA.tmp" # from now on this member does not count as empty
  sync "${PGDATA%/*}"
  find "$PGDATA.tmp" -mindepth 1 -delete
  # Under another name: a commit that waits for this standby must not be acknowledged by its clone, which may still fail.
  run pg_basebackup -d "$login host=$PRIMARY_HOST application_name=$HOSTNAME-clone" -w -D "$PGDATA.tmp" -X stream -S "$slot" -c fast
  touch "$PGDATA.tmp/standby.signal"
  sync "$PGDATA.tmp/standby.signal"
  move_into_place
  rm -f "$STATE/cloning"
}

# run COMMAND...  so that a trap need not wait for it
run() { "$@" & wait $!; }

# Returns when this member may serve: its copy is verified, or the primary does not answer and nothing speaks against the
# copy, or an operator decided that it can be read to save it (then it follows nobody, and is not ready).
prepare_standby() {
  local said=-30
  [ ! -e "$STATE/saving" ] || return 0
  initialised || { join; return 0; }
  while :; do
    judge_copy # not as a condition: bash would go on after errors in it, with half a clone
    [ "$may_serve" = no ] || break
    touch "$STATE/refused" # decide.sh has a say now only
    if [ -s "$DECISION_FILE" ]; then
      serve_to_be_saved
      return 0
    fi
    if [ $((SECONDS - said)) -ge 30 ]; then
      said=$SECONDS
      explain_refusal
    fi
    pause 2
  done
  rm -f "$STATE/refused"
}

# judge_copy  sets `may_serve` and `verdict`; clones again where only that helps, unless something shows that this copy has more than the primary
judge_copy() {
  may_serve=no
  if [ ! -e "$PGDATA/standby.signal" ]; then
    verdict=promoted
    return 0
  fi
  verify
  case $verdict in
    same) rm -f "$PGDATA.diverged" ;;
    other | diverged)
      touch "$PGDATA.diverged"
      return 0
      ;;
    recycled)
      say "this member was down for longer than $set_name-0 keeps its log (max_slot_wal_keep_size): cloning $set_name-0 again."
      touch "$STATE/cloning"
      discard
      clone
      ;;
    *)
      [ ! -e "$PGDATA.diverged" ] || return 0
      say "$PRIMARY_HOST does not answer ($reason): starting with the data in this volume. This standby follows a primary only once that is known to have all of this data."
      ;;
  esac
  may_serve=yes
}

serve_to_be_saved() {
  touch "$PGDATA/standby.signal" # also a promoted copy: it takes no writes
  touch "$STATE/saving"
  rm -f "$DECISION_FILE" "$STATE/refused"
  say "decided with decide.sh: serve. This copy can be read to save it: it follows no primary, does not become ready, and accepts no writes. To undo this, delete this Pod."
}

explain_refusal() {
  local flag
  flag=$(namespace_flag "$MEMBERS_HOST")
  case $verdict in
    promoted) say "this member was promoted manually and is no longer a standby, but the primary of this set is $set_name-0: not starting a second primary. This copy is not changed." ;;
    unknown) say "$set_name-0 did not have all that this copy has, and now it does not answer ($reason): waiting for it. Until it does, this member serves no reads. This copy is not changed." ;;
    *) compare_copies ;;
  esac
  say "To save data from this copy, or to let $set_name-0 copy it: $(in_pod "$MEMBERS_HOST" "$container" bash "$files/decide.sh" serve)"
  say "To replace this copy with a clone of $set_name-0, if nothing in it is needed: kubectl delete$flag pvc data-$HOSTNAME --wait=false && kubectl delete$flag pod $HOSTNAME"
}

# compare_copies  says in what this copy and the primary differ
compare_copies() {
  local why="$set_name-0 does not have all that this copy has: it was restored from an older state or copied a member that had less, or this copy was written to"
  [ "$verdict" != other ] || why="$set_name-0 is another database than the one that this copy was made from"
  say "$why. This member does not follow it, and serves no reads. This copy is not changed."
  say "  here:        system identifier $own_id, timeline $own_timeline, log up to $(lsn_of "$wal_end")"
  say "  $set_name-0: system identifier $primary_id, timeline $primary_timeline, log up to $primary_lsn"
}
