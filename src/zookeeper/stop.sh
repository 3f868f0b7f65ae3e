#!/bin/bash
# Before a member stops: waits while the others would be no majority without it, so that a rolling update does not add to
# the loss of a node. A disruption budget binds drains alone. Environment: STOP_BOUND, the most seconds to wait.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=ensemble.sh
. "${BASH_SOURCE%/*}/ensemble.sh"

# Into the log of the container: what a hook prints is seen by nobody.
: "${CONTAINER_LOG:=/proc/1/fd/2}"
[ ! -w "$CONTAINER_LOG" ] || exec 2>>"$CONTAINER_LOG"

said=-10
while voters=$(membership_of 127.0.0.1 | participants) && grep -qx "$(own_id)" <<<"$voters"; do
  total=$(wc -w <<<"$voters")
  [ "$total" != 1 ] || break
  serving=0
  missing=()
  for id in $voters; do
    [ "$id" != "$(own_id)" ] || continue
    if votes "$(host_of $((id - 1)))"; then serving=$((serving + 1)); else missing+=("$(pod_of_id "$id")"); fi
  done
  [ "$serving" -le $((total / 2)) ] || break
  if [ "$SECONDS" -ge "$STOP_BOUND" ]; then
    say "stopping although no majority serves without this member: ${missing[*]} did not come back within $STOP_BOUND s."
    break
  fi
  if [ $((SECONDS - said)) -ge 10 ]; then
    said=$SECONDS
    say "delaying the shutdown: without this member, only $serving of $total members serve, which is not a majority. Not serving: ${missing[*]}."
  fi
  pause 1
done
