#!/bin/bash
# Whether a member of a cluster can serve its role: the cluster serves, and this member has slots, or a copy of those of its master.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-member.sh
. "${BASH_SOURCE%/*}/cluster-member.sh"
: "${STALE_SECONDS:=60}" # how old the data of a replica may be that has lost its master

unready() { echo "$1"; exit 1; }

[ "$(phase)" = formed ] || unready 'is not part of the cluster yet'
state=$(tell 127.0.0.1 "$PORT" info)
[ "$(field loading <<<"$state")" = 0 ] || unready 'does not answer, or loads its data'
[ "$(tell 127.0.0.1 "$PORT" cluster info | field cluster_state)" = ok ] || unready 'the cluster does not serve'
if [ "$(field role <<<"$state")" = master ]; then
  nodes=$(nodes_of 127.0.0.1)
  own "$nodes" || unready 'does not answer'
  [ "$own_slots" = - ] || exit 0
  owners=$(awk -v prefix="$CLUSTER-shard-$SHARD-" 'index($2, prefix) == 1 && $7 != "-" { print $2 }' <<<"$nodes")
  [ -z "$owners" ] || unready "has no slots, but $owners of its shard has"
elif [ "$(field master_link_status <<<"$state")" != up ]; then
  down=$(field master_link_down_since_seconds <<<"$state")
  if [ "${down:--1}" -lt 0 ] || [ "$down" -gt "$STALE_SECONDS" ]; then unready "has no connection to the master since ${down:-its start} s"; fi
fi
