#!/bin/bash
# Runs beside the server of a cluster: creates the cluster, joins it, and keeps it together.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-member.sh
. "${BASH_SOURCE%/*}/cluster-member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-create.sh
. "${BASH_SOURCE%/*}/cluster-create.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-join.sh
. "${BASH_SOURCE%/*}/cluster-join.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-heal.sh
. "${BASH_SOURCE%/*}/cluster-heal.sh"
: "${KEEP_PAUSE:=1}" # seconds between two looks

# own_server COMMAND...  of the own server
own_server() { tell 127.0.0.1 "$PORT" "$@"; }

# now_says WORD  what this member answers to those who ask whether it is new
now_says() {
  [ "${says-}" != "$1" ] || return 0
  stop_answering
  says=$1
  [ -z "$1" ] || answer "$1 $HOSTNAME"
}

become_formed() {
  set_phase formed
  now_says ''
  [ "${FULL_COVERAGE:-yes}" = yes ] || own_server config set cluster-require-full-coverage no >/dev/null
  say "$1"
}

# allow_copies  from when this member is one of its shard. In each round, as ACL LOAD goes back to what the server has started with.
allow_copies() {
  if [ "$own_slots" = - ] && [ "$(phase)" != formed ]; then return 0; fi
  own_server acl setuser "$COPIER" on >/dev/null
}

round() {
  # shellcheck disable=SC2034 # what `own` says
  local nodes own_id own_flags own_master own_slots
  nodes=$(own_server cluster nodes | table)
  own "$nodes" || return 0 # it starts or loads its data
  allow_copies
  heal "$nodes"
  heal_link "$nodes"
  case $(phase) in
    formed)
      pace=$((2 * KEEP_PAUSE))
      now_says ''
      forget "$nodes"
      introduce_again "$nodes"
      watch "$nodes"
      ;;
    emptying*)
      now_says ''
      serve_empty "$nodes"
      ;;
    *) begin "$nodes" ;;
  esac
}

trap 'stop_answering; exit 143' TERM
trap stop_answering EXIT
pace=$KEEP_PAUSE
while :; do
  round
  pause "$pace"
done
