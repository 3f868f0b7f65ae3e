#!/bin/bash
# restore-snapshot.sh [ARGUMENT...]  makes the database of a new set of the copy of a volume that a snapshot has brought. It runs once, before prepare.sh:
# the data is as after a power loss, and the server of adopt.sh recovers it. A volume without a complete database is refused: prepare.sh would make an
# empty one. The arguments are those of the server.
#
# Environment: that of volume.sh, SNAPSHOT (its name), FILES (the folder of the scripts of a member), SERVER, CLIENT (the programs), DATABASE_NAME,
# USERNAME_FILE, PASSWORD_FILE, SOCKET.
set -euo pipefail
# shellcheck source=volume.sh disable=SC2153
. "$FILES/volume.sh"
# shellcheck source=adopt.sh
. "${BASH_SOURCE[0]%/*}/adopt.sh"
restored=$DATA_PATH/.restored # which snapshot, into which set: it is done
origin="the snapshot $SNAPSHOT"

refuse_empty() {
  say "this volume has no complete database, but this set is to be restored from $origin: not creating an empty database."
  say "If this set is new, the StatefulSet was applied before the claim in the manifests, so Kubernetes created an empty claim. Delete both, and apply the manifests again:"
  say "  kubectl delete statefulset ${HOSTNAME%-*} && kubectl delete pvc data-$HOSTNAME"
  say "To see what the new claim is created from: kubectl get pvc data-$HOSTNAME -o jsonpath={.spec.dataSource}"
  refuse "If this set already has its data, remove 'restoreFrom'."
}

lock_volume "$lock"
[ "$(cat "$restored" 2>/dev/null)" != "${HOSTNAME%-*} $SNAPSHOT" ] || exit 0
[ ! -e "$marker" ] || { say "the database was incomplete when the snapshot was taken."; refuse_empty; }
refuse_foreign "$SERVER"
has_database "$SERVER" || refuse_empty

say "recovering $origin as after a power loss."
mkdir -p "$temporary"
adopt "$DATA_PATH" "$@" # with its binary log, by which the server recovers
echo "${HOSTNAME%-*} $SNAPSHOT" >"$restored"
sync "$restored"
say "$origin is restored, in $SECONDS s."
