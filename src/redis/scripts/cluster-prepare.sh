#!/bin/bash
# Restores what a backup has of a shard, before the first start of a new cluster, in the first member of the shard: only when every other member
# of all shards has said that it is new too. A volume that has data, or has lost it, is left alone.
#
# Environment: that of cluster-member.sh and of restore.sh, PRODUCT (redis-cluster or valkey-cluster), RESTORE (restore.sh), RESTORING (a file that is
# there while the data is half-made).
set -euo pipefail
: "${FILES:=/etc/cdk8s-stateful/files}"
restored_product=$PRODUCT
PRODUCT=${PRODUCT%-cluster}
# shellcheck source-path=SCRIPTDIR source=member.sh
. "$FILES/member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-member.sh
. "$FILES/cluster-member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-create.sh
. "$FILES/cluster-create.sh"
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "$FILES/volume.sh"

# is_new  returns when all others have said in one round that they are new; fails if there is a cluster
is_new() {
  local shards count pod table missing
  while :; do
    if ! shards=$(shards) || ! count=$(members); then refuse 'cannot read how many members there are.'; fi
    ask_all "$shards" "$count"
    missing=()
    for pod in $(declared "$shards" "$count"); do
      [ "$pod" != "$HOSTNAME" ] || continue
      table=$(look_of "$pod")
      [ "$(assigned "$table")" != "$SLOTS" ] || return 1
      if ! says_new "$pod" || [ "$(wc -l <<<"$table")" -gt 1 ]; then missing+=("$pod"); fi
    done
    [ ${#missing[@]} != 0 ] || return 0
    say_each 10 "nothing is restored before it is certain that this cluster is new: waiting until every other member says so. No answer from: ${missing[*]}. If the cluster has data already, remove 'restoreFrom'."
    pause "$FOUNDING_PAUSE"
  done
}

says_new() {
  local says
  says=$(sed -n 's/^says //p' "$looks/$1")
  [ "$says" = "empty $1" ] || [[ $says == "restored "*" $1" ]]
}

trap 'stop_answering; exit 143' TERM
[ "$(own_ordinal)" = 0 ] || exit 0 # the others copy the master of their shard
lock_volume "$DATA/.lock"
if [ -e "$RESTORING" ]; then
  say 'the restore was interrupted: it starts over.'
  rm -rf "$DATA/appendonlydir" "$DATA/dump.rdb" "$NODES_CONF" "$PHASE"
fi
if has_data || has_lost_data || [ "$(phase)" != new ]; then exit 0; fi
answer_empty # also while it restores: it has been part of nothing
if ! is_new; then
  say 'the cluster is there already: nothing is restored.'
  stop_answering
  exit 0
fi
PRODUCT=$restored_product bash "$RESTORE" &
status=0
wait "$!" || status=$?
stop_answering
exit "$status"
