#!/bin/bash
# Before a server stops: a master hands over first, so that nothing is lost that it acknowledged. Environment: STOP_BOUND, the most
# seconds to take.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
SERVERS_FILE=$MEMBERS_FILE
: "${HEARD_SECONDS:=12}" # sentinels look at the priorities of replicas every ten seconds

# Into the log of the container: what a hook prints is seen by nobody.
: "${CONTAINER_LOG:=/proc/1/fd/2}"
[ ! -w "$CONTAINER_LOG" ] || exec 2>>"$CONTAINER_LOG"

own_state() { tell 127.0.0.1 "$PORT" info replication; }

# online STATE  the ordinals of the replicas that follow this master, and their offsets
online() { sed -nE "s/^slave[0-9]+:ip=$SET-([0-9]+)\..*state=online,offset=([0-9]+).*/\1 \2/p" <<<"$1" | sort -n; }

# listed ORDINAL  the priority of a replica as the sentinel knows it
listed() {
  tell "$sentinel" "$SENTINEL_PORT" sentinel replicas "$MASTER_NAME" | awk -v name="$(server_host "$1")" '
    key == "ip" { mine = ($0 == name) }
    key == "slave-priority" && mine { print; exit }
    { key = (NR % 2) ? $0 : "" }'
}

# by SECONDS  until when a step may go on that may take so long
by() {
  local until=$((SECONDS + $1))
  echo $((until < STOP_BOUND ? until : STOP_BOUND))
}

# prefer ORDINAL  has the sentinels choose this replica: `preferred`, once the sentinel knows. They choose by priority first, then by
# offsets that they have heard up to ten seconds ago.
prefer() {
  local until own=$priority
  until=$(by $((HEARD_SECONDS < STOP_BOUND / 2 ? HEARD_SECONDS : STOP_BOUND / 2)))
  # Also if it does not answer: it may do this later. Who is preferred next comes before this one.
  asked+=("$1") priority=$((priority - 1))
  [ "$(tell "$(server_host "$1")" "$PORT" config set replica-priority "$own")" = OK ] || return 0
  until [ "$(listed "$1")" = "$own" ]; do
    [ "$SECONDS" -lt "$until" ] || return 0
    pause 0.5
  done
  preferred=$1
}

forget_preferences() {
  local ordinal
  for ordinal in "${asked[@]}"; do tell "$(server_host "$ordinal")" "$PORT" config set replica-priority 100 >/dev/null; done
}

# caught_up  the ordinals of the replicas that have all that this server has
caught_up() {
  local state offset
  state=$(own_state)
  offset=$(field master_repl_offset <<<"$state")
  online "$state" | sed -n "s/ $offset\$//p"
}

# next_has_all  whether the replica that will be chosen has all that this server has: the preferred one, else any of those declared
next_has_all() {
  local has
  has=$(caught_up)
  if [ -n "$preferred" ]; then grep -qx "$preferred" <<<"$has"; else [ "$(grep -c . <<<"$has")" = $((servers - 1)) ]; fi
}

# known_master  whom the sentinel knows as the master; this server, if it does not answer
known_master() {
  local host
  host=$(tell "$sentinel" "$SENTINEL_PORT" sentinel get-master-addr-by-name "$MASTER_NAME" | sed -n 1p)
  echo "${host:-$self}"
}

hand_over() {
  local answer until other
  # No writes from here on: what is acknowledged is on the next master too.
  tell 127.0.0.1 "$PORT" config set min-replicas-to-write 1000 >/dev/null
  until=$(by 5)
  until next_has_all || [ "$SECONDS" -ge "$until" ]; do pause 0.2; done
  if ! next_has_all; then
    other=$(caught_up | head -n 1)
    [ -z "$other" ] || prefer "$other"
    if ! next_has_all; then
      say 'no replica that the sentinels would choose has all data of this master: not handing over to it.'
      pause 1
      return 1
    fi
  fi
  answer=$(tell "$sentinel" "$SENTINEL_PORT" sentinel failover "$MASTER_NAME")
  until=$(by 10)
  while [ "$answer" = OK ] && [ "$SECONDS" -lt "$until" ]; do
    [ "$(known_master)" = "$self" ] || return 0
    pause 0.2
  done
  say "the sentinels have not replaced this master${answer:+: $answer}."
  pause 1
  return 1
}

# find_sentinel  names in `sentinel` one that knows this server as the master
find_sentinel() {
  local sentinels ordinal found
  counts
  found=$(
    for ((ordinal = 0; ordinal < sentinels; ordinal++)); do
      { [[ $(view_of "$ordinal") != "known $self "* ]] || sentinel_host "$ordinal"; } &
    done
    wait
  )
  sentinel=${found%%$'\n'*}
  [ -n "$sentinel" ]
}

self=$(server_host "$(own_ordinal)") preferred='' priority=10 asked=() sentinel='' servers=''
trap forget_preferences EXIT
while [ "$(field role < <(own_state))" = master ]; do
  followers=$(online "$(own_state)")
  lowest=${followers%% *}
  if [ -z "$lowest" ]; then
    say 'stops as the master: no replica follows it that could take over.'
    break
  elif ! find_sentinel; then
    say 'stops as the master: no sentinel answers that could replace it.'
    break
  elif [ "$SECONDS" -ge "$STOP_BOUND" ]; then
    say "stops as the master: it could not hand over within $STOP_BOUND s."
    break
  fi
  # A rolling update goes down from the highest ordinal: a master that moves to the lowest one moves no more than once after this. Where a
  # replica is missing, it must not be chosen either.
  if [ ${#asked[@]} = 0 ] && { [ "$lowest" -lt "$(own_ordinal)" ] || [ "$(grep -c . <<<"$followers")" != $((servers - 1)) ]; }; then
    prefer "$lowest"
  fi
  if hand_over; then
    say 'has handed over to another master.'
    break
  fi
done
