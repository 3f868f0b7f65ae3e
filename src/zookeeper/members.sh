#!/bin/bash
# members.sh          who is a member, and who serves
# members.sh leave    this member gives its vote back, until it has a new Pod: before `members` goes from 3 to 1
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=ensemble.sh
. "${BASH_SOURCE%/*}/ensemble.sh"

refuse() { echo "refused: $*" >&2; exit 1; }

list() {
  local line id
  membership_of 127.0.0.1 | while read -r line; do
    id=${line#server.}
    id=${id%%=*}
    echo "$(pod_of_id "$id"): $(sed -E 's/.*:(participant|observer)(;.*)?$/\1/' <<<"$line"), $(peer_state $((id - 1)) | grep . || echo 'does not answer')"
  done
}

leave() {
  local voters problem id
  voters=$(membership_of 127.0.0.1 | participants)
  [ -n "$voters" ] || refuse "$HOSTNAME is not serving: without a majority, the membership cannot change."
  grep -qx "$(own_id)" <<<"$voters" || refuse "$HOSTNAME has no vote."
  [ "$(wc -w <<<"$voters")" != 1 ] || refuse "$HOSTNAME is the only member."
  : >"$LEFT"
  # A leader that leaves hands over first, and may not be able to answer any more.
  problem=$(reconfig -remove "$(own_id)") || pause 3
  for id in $voters; do
    [ "$id" != "$(own_id)" ] || continue
    voters=$(membership_of "$(host_of $((id - 1)))" | participants)
    [ -n "$voters" ] || continue
    grep -qx "$(own_id)" <<<"$voters" && continue
    echo "$HOSTNAME has left. Members: $(pods_of_ids "$voters")"
    return
  done
  rm -f "$LEFT"
  refuse "${problem:-the other members still count on its vote. Try again.}"
}

case ${1-list} in
  list) list ;;
  leave) leave ;;
  *) refuse "got '$*', expected 'list' or 'leave'." ;;
esac
