#!/bin/sh
# Takes one snapshot and deletes those that are too many, with sh and curl. It reads SNAPSHOT, the name of the Job, which is the
# same when a Pod is tried again; MANIFEST, SCHEDULE, NAMESPACE and KEEP.
#
# Only snapshots that are ready count as kept: as long as new ones fail, no old one is deleted.

set -eu
api="${API_SERVER:-https://kubernetes.default.svc}/apis/snapshot.storage.k8s.io/v1/namespaces/$NAMESPACE/volumesnapshots"
account="${ACCOUNT:-/var/run/secrets/kubernetes.io/serviceaccount}"

call() {
  printf 'Authorization: Bearer %s' "$(cat "$account/token")" |
    curl --silent --show-error --max-time 60 --cacert "$account/ca.crt" --header @- --write-out '\n%{http_code}' "$@"
}

# The answer to a call, if its status is one of those expected; else the answer is printed and the Job fails.
expect() {
  statuses=$1
  shift
  answer=$(call "$@")
  case " $statuses " in
    *" ${answer##*
} "*) ;;
    *) echo "$answer" >&2; exit 1 ;;
  esac
}

expect '201 409' --header 'Content-Type: application/json' --data "$MANIFEST" "$api"
echo "snapshot $SNAPSHOT"

expect 200 "$api?labelSelector=cdk8s-stateful/snapshot-schedule%3D$SCHEDULE"
names=$(echo "$answer" | grep -o "\"name\": *\"$SCHEDULE-[0-9]*\"" | grep -o "$SCHEDULE-[0-9]*" | sort -ru)

ready=0
for name in $names; do
  if [ "$ready" -ge "$KEEP" ]; then
    expect '200 202 404' --request DELETE "$api/$name"
    echo "deleted $name"
  else
    expect '200 404' "$api/$name"
    if echo "$answer" | grep -q '"readyToUse": *true'; then ready=$((ready + 1)); fi
  fi
done
