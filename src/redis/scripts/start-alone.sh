#!/bin/bash
# Starts the server of a database that has only one.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "${BASH_SOURCE%/*}/volume.sh"

# Only a person can know whether there is a newer copy elsewhere.
await_decision() {
  rm -f "$DECISION_FILE"
  until [ -s "$DECISION_FILE" ]; do
    say_each 10 "$(left): not starting, which would serve old data, or none. Put the append-only file back into $DATA/appendonlydir and delete this Pod, or restore a backup into a new database. To start with what is left: $(to_decide start)."
    pause "$FOUNDING_PAUSE"
  done
  say 'decided with decide.sh: starting with what is left.'
  rm -f "$USED" "$DECISION_FILE"
  adopt_snapshot # while it counts as one that waits: the liveness probe would end a server that reads a snapshot for longer than a minute
}

trap 'exit 143' TERM
: >"$WAITING"
lock_volume "$DATA/.lock"
! has_lost_data || await_decision
rm -f "$WAITING" # reading a snapshot counts as the start
adopt_snapshot
serve 'replica-priority 100'
