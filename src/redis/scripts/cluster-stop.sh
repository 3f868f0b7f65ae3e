#!/bin/bash
# Before a server of a cluster stops: a master hands over to a replica, which waits until it has all that the master has, so that nothing
# is lost. Environment: STOP_BOUND, the most seconds to take.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-member.sh
. "${BASH_SOURCE%/*}/cluster-member.sh"

# Into the log of the container: what a hook prints is seen by nobody.
: "${CONTAINER_LOG:=/proc/1/fd/2}"
[ ! -w "$CONTAINER_LOG" ] || exec 2>>"$CONTAINER_LOG"

# successor TABLE  the replica of the lowest ordinal that has its link to this master: a rolling update goes down from the highest one
successor() {
  local pod
  awk -v id="$own_id" '$4 == id && $5 == "connected" && $3 !~ /fail|noaddr/ { print $2 }' <<<"$1" | sort -t- -k4n -V | while read -r pod; do
    [ "$(tell "$(host_of "$pod")" "$PORT" info replication | field master_link_status)" != up ] || { echo "$pod"; break; }
  done
}

is_master_of_slots() {
  nodes=$(nodes_of 127.0.0.1)
  own "$nodes" && has_flag "$own_flags" master && [ "$own_slots" != - ]
}

# In a rolling update the masters of all shards stop at one time. Each needs the votes of a majority: one after the other.
stagger() { pause "$(((SHARD % 16) / 4)).$(((SHARD % 4) * 25))"; }

nodes='' turn=''
while is_master_of_slots; do
  next=$(successor "$nodes")
  if [ -z "$next" ]; then
    say 'stops as a master: no replica follows it that could take over.'
    break
  elif [ "$SECONDS" -ge "$STOP_BOUND" ]; then
    say "stops as a master: it could not hand over within $STOP_BOUND s."
    break
  fi
  [ -n "$turn" ] || { turn=taken; stagger; }
  said_by_next=$(tell "$(host_of "$next")" "$PORT" cluster failover)
  until=$((SECONDS + 6))
  while [ "$said_by_next" = OK ] && [ "$SECONDS" -lt "$until" ]; do
    pause 0.2
    is_master_of_slots || { say "has handed over to $next."; exit 0; }
  done
  [ "$said_by_next" = OK ] || pause 1
done
