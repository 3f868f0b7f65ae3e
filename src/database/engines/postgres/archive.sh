#!/bin/bash
# archive.sh  receives the log of the primary, without end, into LOGS. There it is in runs: a run is a folder of files without a gap, from one
# database and one history of it. Before each connection the end of the last run is compared with the log of the primary: if the primary does
# not have it, or does not keep what comes next, a new run begins, and the old one stays as it is.
#
# Environment: that of member.sh, LOGS and SET (the name of the database). With SYNCHRONOUS, commits wait for this archiver: for a receiver that has the
# name of this Pod. While no backup belongs to the run that began after a gap, the receiver has another name, so that they go on waiting: what they would
# acknowledge could not be restored.
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"
# shellcheck source=verify.sh
. "$files/verify.sh"
# shellcheck source=standby.sh
. "$files/standby.sh"
# shellcheck source=../../../backup/scripts/choose.sh
. "$files/choose.sh"
# shellcheck source=../../../backup/scripts/runs.sh
. "$files/runs.sh"

: "${HEARTBEAT:=60}" # seconds between two commits
: "${SYNCHRONOUS:=}"
# Of the kind that a member drops when it finds that its volume was restored from one of another set: see forget_slots in serve.sh.
slot=${SET//-/_}_0_archive
receiver=''
trap 'stop' INT TERM

stop() {
  [ -z "$receiver" ] || { kill -INT "$receiver" && wait "$receiver"; } 2>/dev/null || :
  exit 0
}

main() {
  mkdir -p "$LOGS"
  lock_volume "$LOGS/.lock"
  while :; do
    attend # not as a condition: bash would go on after errors in it
    rm -f "$STATE/receives" "$STATE/asynchronous"
    pause "$([ -n "$SYNCHRONOUS" ] && echo 1 || echo 5)"
  done
}

# What is asked before each connection.
IDENTITY="
select system_identifier, to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),
  pg_size_bytes(current_setting('wal_segment_size')), current_setting('wal_block_size')
from pg_control_system() where not pg_is_in_recovery();
"

attend() {
  local answer system now run=''
  write_passfile
  address=$(address_of "$PRIMARY_HOST") || { complain "the name $PRIMARY_HOST does not resolve."; return 0; }
  primary="$PRIMARY_HOST hostaddr=$address" # a primary that starts anew has another address, and is compared anew
  answer=$(ask_server "$primary" <<<"$IDENTITY") || { complain "$PRIMARY_HOST does not answer: $(refusal)"; return 0; }
  [ -n "$answer" ] || { complain "$PRIMARY_HOST is in recovery, or is a standby."; return 0; }
  IFS='|' read -r system now segment_size page_size <<<"$answer"
  choose_run
  [ -n "$run" ] || return 0
  receive
}

# choose_run  sets `run`: the last one, if the primary continues it, else a new one; nothing, if that cannot be told
choose_run() {
  local last slots
  last=$(described "$LOGS" RUN | tail -n 1)
  if [ -z "$last" ]; then
    slots=$(ask_server "$primary" <<<"select count(*) from pg_replication_slots where slot_name = :'slot'") || { complain "$PRIMARY_HOST does not answer: $(refusal)"; return 0; }
    # With a slot there was an archive, and the backups that are there belong to it.
    if [ "$slots" = 0 ]; then begin_run "$FIRST"; else begin_run 'the volume of the archiver is new, and an earlier archive was elsewhere'; fi
    return 0
  fi
  own_id=$(fact "$LOGS/$last/RUN" system)
  forget_unwritten "$LOGS/$last"
  compare_with_primary "$LOGS/$last"
  case $verdict in
    same) run=$last ;;
    other) begin_run "the primary is another database ($system) than that of the run $last ($own_id)" ;;
    diverged) begin_run "the primary does not have what the run $last ends with: it was restored from an older state" ;;
    recycled) begin_run "the primary no longer has the log that follows the run $last: this archiver was down for longer than max_slot_wal_keep_size allows" ;;
    *) complain "$PRIMARY_HOST could not be compared with the archive: $reason" ;;
  esac
}

# forget_unwritten FOLDER  deletes a file that log was to be written to, but was not. pg_receivewal first fills a file with zeros: one of zeros has none
# yet, nor has a short one, as a full volume leaves it, with which pg_receivewal would not go on.
forget_unwritten() {
  local file
  for file in "$1"/*.partial; do
    [ -e "$file" ] || continue
    if [ "$(stat -c %s "$file")" != "$segment_size" ] || cmp -s -n 16 "$file" /dev/zero; then rm -f "$file"; fi
  done
}

# compare_with_primary FOLDER  sets `verdict` as verify.sh does for a standby, by the last files of the run
compare_with_primary() {
  local file newest=0 name PGDATA=$STATE/end-of-run
  rm -rf "$PGDATA"
  mkdir -p "$PGDATA/pg_wal"
  # The names that verify.sh and pg_waldump know; the complete file of a segment comes before the partial one.
  find "$1" -maxdepth 1 -type f | grep -E '/[0-9A-F]{24}(\.partial)?$' | LC_ALL=C sort | tail -n 6 >"$STATE/last-files" || :
  while read -r file; do
    name=${file##*/}
    ln -s "$file" "$PGDATA/pg_wal/${name%.partial}" 2>/dev/null || :
  done <"$STATE/last-files"
  for file in "$PGDATA/pg_wal"/*; do
    [ ! -e "$file" ] || newest=$(segment_of "$file")
  done
  if [ "$newest" = 0 ]; then
    verdict=other
    [ "$own_id" != "$system" ] || verdict=$(slot_verdict)
    return 0
  fi
  checkpoint=$(((newest - 1) * segment_size)) # the segment before is compared as a whole
  find_end $((newest * segment_size + 1))
  wanted_parts
  compare "$primary"
  # Of a run that ends with a complete file, the slot keeps what follows, not this file.
  if [ "$verdict" = recycled ] && compgen -G "$1/????????$(segment_name "$newest")" >/dev/null; then verdict=$(slot_verdict $((newest + 1))); fi
}

# segment_of FILE  its number
segment_of() {
  local name=${1##*/}
  echo $((16#${name:8:8} * (0x100000000 / segment_size) + 16#${name:16:8}))
}

# slot_verdict [SEGMENT]  of a run that has no file to compare: the slot keeps what follows if it is there, in this segment. It is at the end of what was
# received from this primary, and one of an older state of the primary would be before it.
slot_verdict() {
  local status
  status=$(ask_server "$primary" -v segment="${1:-0}" -v segment_size="$segment_size" <<<"$SLOT") || { echo unknown; return 0; }
  case $status in '' | lost) echo recycled ;; *) echo same ;; esac
}

SLOT="
select wal_status from pg_replication_slots
where slot_name = :'slot' and (:segment = 0 or trunc((restart_lsn - '0/0'::pg_lsn) / :segment_size::numeric) = :segment);
"

# begin_run REASON
begin_run() {
  ensure_slot "$primary" || { complain "cannot create a replication slot on $PRIMARY_HOST: $(refusal)"; return 0; }
  # A backup that ends after this has its log in this run.
  now=$(ask_server "$primary" <<<"select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')") || return 0
  new_run "$1" "system: $system" "begins: $now"
}

# name_of_receiver  commits wait for a receiver that has the name of this Pod. After a gap they wait for a backup, so it has another one.
name_of_receiver() {
  if [ -n "$SYNCHRONOUS" ] && [ -e "$LOGS/$run/.gap" ]; then echo "$HOSTNAME-gap"; else echo "$HOSTNAME"; fi
}

receive() {
  local said=$((SECONDS - 60)) beat=-$HEARTBEAT name
  name=$(name_of_receiver)
  ensure_slot "$primary" || { complain "cannot create a replication slot on $PRIMARY_HOST: $(refusal)"; return 0; }
  say "receiving the log of $PRIMARY_HOST into the run $run. Free: $(df -h "$LOGS" | awk 'NR == 2 { print $4 " of " $2 }')."
  pg_receivewal -d "$login application_name=$name host=$primary" -w -D "$LOGS/$run" --slot "$slot" --synchronous --no-loop &
  receiver=$!
  while kill -0 "$receiver" 2>/dev/null; do
    if [ $((SECONDS - beat)) -ge "$HEARTBEAT" ]; then
      beat=$SECONDS
      ask_server "$primary" >/dev/null <<<"$COMMIT" || :
    fi
    look
    remind
    if [ "$name" != "$(name_of_receiver)" ]; then
      say "reconnecting, so that commits $(if [ "$name" = "$HOSTNAME" ]; then echo 'wait for a backup after the gap'; else echo 'continue: there is a backup after the gap'; fi)."
      kill -INT "$receiver" 2>/dev/null || :
      break
    fi
    rest
  done
  wait "$receiver" || :
  receiver=''
  forget_unwritten "$LOGS/$run"
  say "no longer receiving the log: see above for the reason. Free: $(df -h "$LOGS" | awk 'NR == 2 { print $4 " of " $2 }')."
}

# A restore to a point in time ends at the first commit after it. Where nobody writes, there would be none. It waits for no standby.
COMMIT="set synchronous_commit = local; select pg_current_xact_id();"

# rest  for five seconds, or until the receiver ends: commits may wait for the next one
rest() {
  local i
  for ((i = 0; i < 5; i++)); do
    kill -0 "$receiver" 2>/dev/null || return 0
    pause 1
  done
}

# look  at what the primary sends, and whether its commits wait for it, if they should
look() {
  local answer sync commit names
  answer=$(ask_server "$primary" -v name="$name" <<<"$RECEIVES") && [ -n "$answer" ] || return 0
  touch "$STATE/receives"
  if [ -z "$SYNCHRONOUS" ] || [ "$name" != "$HOSTNAME" ]; then return 0; fi
  IFS='|' read -r sync commit names <<<"$answer"
  if [ "$sync $commit" = 'sync on' ]; then
    rm -f "$STATE/asynchronous"
    return 0
  fi
  touch "$STATE/asynchronous"
  complain "commits do not wait for this archiver as they should: synchronous_standby_names is '$names', synchronous_commit is '$commit'."
}

RECEIVES="
select sync_state, current_setting('synchronous_commit'), current_setting('synchronous_standby_names')
from pg_stat_replication where application_name = :'name' and state = 'streaming'
"

main
