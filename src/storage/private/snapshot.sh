#!/bin/sh
# Takes one snapshot and deletes those that are too many, with sh and curl. It reads SNAPSHOT, the name of the Job, which is the
# same when a Pod is tried again; MANIFEST, SCHEDULE, NAMESPACE and KEEP. Optional: READY_POD, a Pod that must be ready; READY_SECONDS,
# how long the snapshot may take to be ready; KEEP_SECONDS, how long a snapshot is kept at least.
#
# Only snapshots that are ready count as kept: as long as new ones fail, no old one is deleted. Ages are by the clock of the API server.

set -eu
server="${API_SERVER:-https://kubernetes.default.svc}"
api="$server/apis/snapshot.storage.k8s.io/v1/namespaces/$NAMESPACE/volumesnapshots"
account="${ACCOUNT:-/var/run/secrets/kubernetes.io/serviceaccount}"

fail() {
  echo "$*" >&2
  exit 1
}

call() {
  printf 'Authorization: Bearer %s' "$(cat "$account/token")" |
    curl --silent --show-error --max-time 60 --cacert "$account/ca.crt" --header @- --write-out '\n%{http_code}' "$@"
}

# The answer to a call, if its status is one of those expected; else the answer is printed and the Job fails.
expect() {
  statuses=$1
  shift
  answer=$(call "$@")
  status=${answer##*
}
  case " $statuses " in
    *" $status "*) ;;
    *) fail "$answer" ;;
  esac
}

# Of the snapshot in the answer.
is_ready() { echo "$answer" | grep -q '"readyToUse": *true'; }
size() { echo "$answer" | grep -o '"restoreSize": *"[^"]*"' | cut -d '"' -f 4; }
error() { echo "$answer" | tr -d '\n' | sed -n 's/.*"error": *{[^}]*"message": *"\([^"]*\)".*/\1/p'; }
created() {
  time=$(echo "$answer" | grep -o '"creationTimestamp": *"[^"]*"' | head -n 1 | cut -d '"' -f 4)
  date -u -d "$(echo "$time" | tr -d Z | tr T ' ')" +%s
}

# A server that is not ready may have lost its data: snapshots of that would in time replace those of the data.
require_pod() {
  expect '200 404' "$server/api/v1/namespaces/$NAMESPACE/pods/$READY_POD"
  echo "$answer" | tr -d '\n' | grep -q '"type": *"Ready",[^}]*"status": *"True"' ||
    fail "the Pod $READY_POD is not ready, so it is not known what its volume holds: no snapshot is taken, and none is deleted."
}

await_ready() {
  waited=0
  reported=''
  until expect 200 "$api/$SNAPSHOT" && is_ready; do
    error=$(error)
    [ "$error" = "$reported" ] || echo "the driver reports: $error" >&2
    reported=$error
    [ "$waited" -lt "$READY_SECONDS" ] ||
      fail "the snapshot $SNAPSHOT is not ready after $READY_SECONDS s: it does not count, and no other is deleted. ${error:-No error is reported: is the snapshot controller installed, and is there such a class?}"
    sleep "${PAUSE:-5}"
    waited=$((waited + 5))
  done
  size=$(size)
  echo "the snapshot $SNAPSHOT is ready after $waited s.${size:+ A restore needs a volume of at least $size.}"
}

is_old() {
  [ -n "${KEEP_SECONDS-}" ] || return 0
  expect '200 404' "$api/$1"
  [ "$status" = 200 ] && [ $((now - $(created))) -ge "$KEEP_SECONDS" ]
}

if [ -n "${READY_POD-}" ]; then
  expect '200 404' "$api/$SNAPSHOT" # taken already, if a Pod is tried again
  [ "$status" = 200 ] || require_pod
fi
expect '201 409' --header 'Content-Type: application/json' --data "$MANIFEST" "$api"
echo "snapshot $SNAPSHOT"
[ -z "${READY_SECONDS-}" ] || await_ready
if [ -n "${KEEP_SECONDS-}" ]; then
  expect 200 "$api/$SNAPSHOT"
  now=$(created)
fi

expect 200 "$api?labelSelector=cdk8s-stateful/snapshot-schedule%3D$SCHEDULE"
names=$(echo "$answer" | grep -o "\"name\": *\"$SCHEDULE-[0-9]*\"" | grep -o "$SCHEDULE-[0-9]*" | sort -ru)

kept=0
for name in $names; do
  if [ "$kept" -lt "$KEEP" ]; then
    expect '200 404' "$api/$name"
    if is_ready; then kept=$((kept + 1)); fi
  elif is_old "$name"; then
    expect '200 202 404' --request DELETE "$api/$name"
    echo "deleted $name"
  fi
done
