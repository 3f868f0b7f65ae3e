#!/bin/bash
# Runs beside the server and keeps the membership as the manifests say: a declared member asks for its vote once it has the
# data, and members that are neither declared nor there any more are removed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=ensemble.sh
. "${BASH_SOURCE%/*}/ensemble.sh"
: "${KEEP_PAUSE:=5}"       # seconds between two rounds
: "${KEEP_FIRST_PAUSE:=2}" # the same at the start, when members are waited for
: "${KEEP_PATIENCE:=30}"   # seconds for which a member that is not declared has been silent before it is removed

declare -A silent_since=()
declare -A said_at=()

# say_now_and_then TEXT  every 30 s at most
say_now_and_then() {
  [ $((SECONDS - ${said_at[$1]:--30})) -ge 30 ] || return 0
  said_at[$1]=$SECONDS
  say "$1"
}

ask_for_vote() {
  local problem
  if [ -e "$LEFT" ]; then
    say_now_and_then 'has left the ensemble, as requested with members.sh. A new Pod of this member joins again.'
  elif [ "$(own_ordinal)" -ge "$declared" ]; then
    say_now_and_then "has no vote: the manifests declare only $declared members, without this one."
  elif problem=$(reconfig -add "$(server_line "$(own_ordinal)" participant)"); then
    say 'has the data, and now has a vote.'
  else
    say_now_and_then "has no vote yet: ${problem:-its server does not answer}"
  fi
}

# Who is not declared was deleted by the StatefulSet. Members take turns by their ordinal, so that usually one asks.
remove_undeclared() {
  local id gone=() problem
  for id in $voters; do
    if [ "$id" -le "$declared" ] || [ -n "$(tell "$(host_of $((id - 1)))" srvr)" ]; then
      unset "silent_since[$id]"
      continue
    fi
    : "${silent_since[$id]:=$SECONDS}"
    [ $((SECONDS - silent_since[$id])) -lt $((KEEP_PATIENCE * (1 + $(own_ordinal)))) ] || gone+=("$id")
  done
  [ ${#gone[@]} != 0 ] || return 0
  if problem=$(reconfig -remove "$(IFS=,; echo "${gone[*]}")"); then
    say "removed from the ensemble, as the manifests declare $declared members: $(pods_of_ids "${gone[*]}")"
  else
    say_now_and_then "cannot remove members that are gone: ${problem:-the server does not answer}"
  fi
}

# No majority: who is missing, and what can be done if they are not meant to come back.
say_who_is_missing() {
  local record id missing=() undeclared=''
  record=$(sed -n 's/^dynamicConfigFile=//p' "$CONFIG")
  voters=$(participants <"$record")
  for id in $voters; do
    if [ "$id" = "$(own_id)" ] || [ -n "$(tell "$(host_of $((id - 1)))" srvr)" ]; then continue; fi
    missing+=("$(pod_of_id "$id")")
    [ "$id" -le "$declared" ] || undeclared=1
  done
  # With a majority there, an election is on its way.
  [ ${#missing[@]} -ge $((($(wc -w <<<"$voters") + 1) / 2)) ] || return 0
  say_now_and_then "not serving: no majority of the $(wc -w <<<"$voters") members answers. Not answering: ${missing[*]}.${undeclared:+ The manifests declare only $declared members: a majority was removed at once. Set \`members\` back to $(wc -w <<<"$voters"), which loses nothing, then remove at most two at a time, or let the members leave first (docs/zookeeper.md).}"
}

round() {
  declared=$(members) || return 0
  voters=$(membership_of 127.0.0.1 | participants)
  if [ -z "$voters" ]; then
    say_who_is_missing
    return
  fi
  # Until then it is not ready: what clients write would have one copy only.
  [ "$(wc -w <<<"$voters")" -le $((declared / 2)) ] || rm -f "$FOUNDING"
  if ! grep -qx "$(own_id)" <<<"$voters"; then
    ask_for_vote
  elif [ "$(own_ordinal)" -lt "$declared" ]; then
    remove_undeclared
  fi
}

while :; do
  pause "$([ "$SECONDS" -gt 120 ] && echo "$KEEP_PAUSE" || echo "$KEEP_FIRST_PAUSE")"
  round || :
done
