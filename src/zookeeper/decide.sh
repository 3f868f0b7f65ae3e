#!/bin/bash
# decide.sh found               this member, of ordinal 0 and with an empty volume, founds the ensemble: no other has data
# decide.sh members NAME...     the volumes of these members have the data of this one, and they alone are the ensemble
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=ensemble.sh
. "${BASH_SOURCE%/*}/ensemble.sh"

refuse() { echo "refused: $*" >&2; exit 1; }

others() {
  local ordinal count
  count=$(members)
  for ((ordinal = 0; ordinal < count; ordinal++)); do [ "$ordinal" = "$(own_ordinal)" ] || echo "$ordinal"; done
}

decide_found() {
  local ordinal state
  [ "$(own_ordinal)" = 0 ] || refuse "only $(pod_of_id 1) founds the ensemble; $HOSTNAME joins it."
  if [ "$(cat "$WAITING" 2>/dev/null)" != empty ]; then refuse "$HOSTNAME is not waiting with an empty volume: it has data, or its server is running."; fi
  for ordinal in $(others); do
    state=$(peer_state "$ordinal")
    [ -z "$state" ] || refuse "$(pod_of_id "$(id_of "$ordinal")") $state. A new, empty ensemble would lose that data. If you do not need it, delete its claim and its Pod first."
  done
  echo found >"$DECISION_FILE"
  echo "decided: found. The log of $HOSTNAME shows what it does next."
}

decide_members() {
  local name ordinal ordinals=()
  compgen -G "$DATA_DIR/version-2/snapshot.*" >/dev/null || refuse "the volume of $HOSTNAME has no data."
  [ -z "$(mode_of 127.0.0.1)" ] || refuse "$HOSTNAME is serving, so the ensemble has a majority. To add or remove members, change their number in the manifests."
  for ordinal in $(others); do
    if votes "$(host_of "$ordinal")"; then refuse "$(pod_of_id "$(id_of "$ordinal")") is serving. Delete the claim and the Pod of $HOSTNAME: it then joins with the data of the others."; fi
  done
  for name in "$@"; do
    [[ $name =~ ^${HOSTNAME%-*}-([0-9]+)$ ]] || refuse "'$name' is not a member of this set, such as $HOSTNAME."
    ordinals+=("${BASH_REMATCH[1]}")
  done
  [[ " ${ordinals[*]-} " == *" $(own_ordinal) "* ]] || refuse "$HOSTNAME is not among them: run this in a member that has the data."
  mkdir -p "$STATE_DIR"
  echo "${ordinals[*]}" >"$STATE_DIR/decided.new"
  mv "$STATE_DIR/decided.new" "$STATE_DIR/decided"
  echo "decided: the ensemble is $*. $HOSTNAME starts with these members."
  [ -e "$WAITING" ] || kill 1 # the server, which reads its membership at its start
}

case ${1-} in
  found) decide_found ;;
  members) shift; decide_members "$@" ;;
  *) refuse "got '$*', expected 'found' or 'members' and their names." ;;
esac
