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

# A rolling update goes down from the highest ordinal: a master that moves to the lowest one moves no more than once after this.
prefer_lowest() {
  local until
  until=$(by $((HEARD_SECONDS < STOP_BOUND / 2 ? HEARD_SECONDS : STOP_BOUND / 2)))
  [ "$(tell "$(server_host "$1")" "$PORT" config set replica-priority 10)" = OK ] || return 0
  preferred=$1
  until [ "$(listed "$1")" = 10 ] || [ "$SECONDS" -ge "$until" ]; do pause 0.5; done
}

forget_preference() { [ -z "$preferred" ] || tell "$(server_host "$preferred")" "$PORT" config set replica-priority 100 >/dev/null; }

# caught_up  whether a replica has all that this server has
caught_up() {
  local state offset
  state=$(own_state)
  offset=$(field master_repl_offset <<<"$state")
  online "$state" | grep -q " $offset\$"
}

# known_master  whom the sentinel knows as the master; this server, if it does not answer
known_master() {
  local host
  host=$(tell "$sentinel" "$SENTINEL_PORT" sentinel get-master-addr-by-name "$MASTER_NAME" | sed -n 1p)
  echo "${host:-$self}"
}

hand_over() {
  local answer until
  # No writes from here on: what is acknowledged is on the next master too.
  tell 127.0.0.1 "$PORT" config set min-replicas-to-write 1000 >/dev/null
  until=$(by 5)
  until caught_up || [ "$SECONDS" -ge "$until" ]; do pause 0.2; done
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

self=$(server_host "$(own_ordinal)") preferred='' sentinel=''
trap forget_preference EXIT
while [ "$(field role < <(own_state))" = master ]; do
  lowest=$(online "$(own_state)" | sed -n '1s/ .*//p')
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
  [ -n "$preferred" ] || [ "$lowest" -gt "$(own_ordinal)" ] || prefer_lowest "$lowest"
  if hand_over; then
    say 'has handed over to another master.'
    break
  fi
done
