#!/bin/bash
# Starts a server of a database with sentinels: as the master only if a majority of the sentinels knows it as that, or if nobody else
# has data. A server that cannot know waits, and says why.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "${BASH_SOURCE%/*}/volume.sh"
: "${FAILOVER_PATIENCE:=15}" # seconds that a master gives to sentinels that believe it down

SERVERS_FILE=$MEMBERS_FILE
self=$(server_host "$(own_ordinal)")

# Its data is that of the database.
lead() {
  adopt_snapshot
  say "starts as the master: $1"
  stop_answering
  serve "replica-announce-ip $self"
}

# Until it has the data of the master the sentinels must not choose it, however old its own data is: see keep.sh.
follow() {
  adopt_snapshot
  say "starts as a replica of $(pod_of "$1")."
  stop_answering
  bash "$FILES/keep.sh" 9>&- &
  serve "replica-announce-ip $self" "replicaof $1 $PORT" 'replica-priority 0'
}

# decided  whether a person has; then it is done
decided() {
  local decision
  [ -s "$DECISION_FILE" ] || return 1
  decision=$(<"$DECISION_FILE")
  rm -f "$DECISION_FILE"
  say "decided with decide.sh: $decision"
  case $decision in
    lead)
      rm -f "$USED" # what is left is the data from now on
      lead 'decided with decide.sh.'
      ;;
    follow\ *) follow "${decision#* }" ;;
  esac
}

# others_are_empty  whether every other server says that its volume is empty
others_are_empty() {
  local ordinal
  for ((ordinal = 0; ordinal < servers; ordinal++)); do
    [ "$SET-$ordinal" != "$HOSTNAME" ] || continue
    [ "$(ask "$(server_host "$ordinal")")" = "empty $SET-$ordinal" ] || return 1
  done
}

# The sentinels are all new. It is the first start, or they have all lost their volumes.
begin_without_knowledge() {
  local found
  mapfile -t found < <(masters "$servers")
  case ${#found[@]} in
    0)
      if others_are_empty; then
        if has_data; then lead 'no other server has data.'; fi
        if [ "$(own_ordinal)" = 0 ] && ! has_lost_data; then lead 'all volumes are new.'; fi
      fi
      if has_data; then
        state="no sentinel knows the master, no server runs as one, and not every other server says that its volume is empty: another one may have newer data. If this one has the newest: $(to_decide lead)."
      elif has_lost_data; then
        state="$(left). No sentinel knows the master, and no server runs as one to copy. Only if no other server has newer data: $(to_decide lead)."
      else
        state="the volume is empty, and there is no master yet to copy."
      fi
      ;;
    1) follow "${found[0]}" ;;
    *) state="no sentinel knows the master, and several servers run as one: $(printf '%s ' "${found[@]%%.*}"). Stop all but the right one." ;;
  esac
}

# A majority of the sentinels knows the master.
begin_with_knowledge() {
  local found
  if [ "$master" != "$self" ]; then
    if has_data || [ "$(role_of "$master")" = master ]; then follow "$master"; fi
    state="$(left), and $(pod_of "$master"), the master, does not answer."
    # What is left was data once, if old. A new volume has nothing that would be worth it.
    ! has_snapshot || state+=" Only if it is lost permanently, and no other server has newer data: $(to_decide lead)."
  elif ! has_append_only_file; then # it had one when they heard of it, and its replicas may have what is newer than a snapshot
    state="$(left), but the sentinels know this server as the master: waiting until they have made a replica the master. Only if no other server has data: $(to_decide lead)."
  elif [ -n "$failing" ]; then
    state='the sentinels are replacing this master: waiting for their choice.'
  elif [ -n "$down" ] && [ "$SECONDS" -lt "$FAILOVER_PATIENCE" ]; then
    state='the sentinels believe this master down: waiting whether they replace it.'
  else
    mapfile -t found < <(masters "$servers")
    if [ ${#found[@]} = 0 ]; then lead 'the sentinels know it as that.'; fi
    state="the sentinels know this server as the master, but ${found[0]%%.*} runs as one: waiting until they agree."
  fi
}

begin() {
  local servers sentinels state known agreed empty silent master failing down
  if ! has_append_only_file && ! has_snapshot; then answer_empty; fi
  while :; do
    ! decided || return
    counts
    look "$sentinels"
    if [ $((2 * agreed)) -gt "$sentinels" ]; then
      begin_with_knowledge
    elif [ "$empty" = "$sentinels" ]; then
      begin_without_knowledge
    elif [ $((2 * known)) -gt "$sentinels" ]; then
      state='the sentinels do not agree on the master: waiting until a majority does.'
    else
      state="only $known of $sentinels sentinels say who the master is, which is not a majority.${silent[*]:+ No answer from ${silent[*]}.}"
    fi
    say_each 10 "$state"
    pause "$FOUNDING_PAUSE"
  done
}

trap 'exit 143' TERM
: >"$WAITING"
rm -f "$DECISION_FILE"
lock_volume "$DATA/.lock"
begin
