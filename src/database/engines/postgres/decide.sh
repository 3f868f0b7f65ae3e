#!/bin/bash
# An operator decides what a member does that waits for it.
#
# In the primary, when its volume is empty and others may have the data:
#   decide.sh copy orders-1         take over the copy of this standby
#   decide.sh copy orders-1 anyway  also if another one that answers has more
#   decide.sh found                 make a new, empty database; refused while a member that answers has data
#   decide.sh found beside-data     also then
# In another member, when the primary does not have what its copy has:
#   decide.sh serve                 let the copy be read, without following the primary, so that it can be saved or copied
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"
# shellcheck source=verify.sh
. "$files/verify.sh"
# shellcheck source=recover.sh
. "$files/recover.sh"

refuse() { echo "refused: $*" >&2; exit 1; }

main() {
  if [ "$ordinal" = 0 ]; then
    if [ ! -e "$STATE/waiting" ] || initialised; then refuse "$HOSTNAME is not waiting for a decision."; fi
  else
    [ -e "$STATE/refused" ] || refuse "$HOSTNAME is not waiting for a decision. To decide how the set starts, run decide.sh in $set_name-0."
  fi
  case "$((ordinal > 0)) $*" in
    "0 copy $set_name-"*) decide_copy "$2" "${3-}" ;;
    '0 found' | '0 found beside-data') decide_found "${2-}" ;;
    '1 serve') decide serve ;;
    *) refuse "'$*' is not a decision for $HOSTNAME. In $set_name-0, use 'copy $set_name-1', with the name of a standby, or 'found'; in a standby, use 'serve'." ;;
  esac
}

decide_copy() {
  local member=$1 count position best
  count=$(members)
  if ! [[ $member =~ ^"$set_name"-([1-9][0-9]*)$ ]] || [ "${BASH_REMATCH[1]}" -ge "$count" ]; then
    refuse "$member is not a standby of this set. Its standbys are $set_name-1 to $set_name-$((count - 1))."
  fi
  write_passfile
  position=$(ask_server "$(host_of "${member##*-}")" <<<"$STANDBY_POSITION") || refuse "$member does not answer: $(refusal)"
  [ -n "$position" ] || refuse "$member is not a standby: it was promoted, and accepts writes of its own."
  best=$(furthest_standby)
  if [ "$(number_of "$position")" -lt "$(number_of "${best#* }")" ] && [ "${2-}" != anyway ]; then
    refuse "${best% *} has the log up to ${best#* }, but $member only up to $position: writes would be lost. Copy ${best% *}, or use 'copy $member anyway'."
  fi
  decide "copy $member"
}

decide_found() {
  local count other
  count=$(members)
  for ((other = 1; other < count; other++)); do
    [ -z "$(peer_state "$other")" ] || [ "$1" = beside-data ] || refuse "$set_name-$other $(peer_state "$other"). Use 'copy $set_name-$other' to keep the data, or 'found beside-data' to create an empty database."
  done
  decide found
}

decide() {
  echo "$1" >"$DECISION_FILE.new"
  mv "$DECISION_FILE.new" "$DECISION_FILE"
  echo "decided: $1. The log of $HOSTNAME shows what it does next."
}

main "$@"
