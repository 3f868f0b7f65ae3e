#!/bin/bash
# restore-snapshot.sh  refuses the empty volume of a database that is to begin with a snapshot of the volume of another one. A volume that a snapshot has
# brought has data, and the server reads it as after a power loss: prepare.sh does not come here. Environment: SNAPSHOT (its name).
set -euo pipefail

say() { echo "$HOSTNAME: $*" >&2; }

say "this volume has no data, but this database is to be restored from the snapshot $SNAPSHOT: not creating an empty database."
say "If this database is new, it was applied before the claim of the manifests, and Kubernetes made an empty one. Delete both, and apply the manifests again:"
say "  kubectl delete statefulset ${HOSTNAME%-*} && kubectl delete pvc data-$HOSTNAME"
say "What the new claim is made from: kubectl get pvc data-$HOSTNAME -o jsonpath={.spec.dataSource}"
say "If this database has its data already, remove 'restoreFrom'."
exit 1
