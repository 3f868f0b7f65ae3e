#!/bin/bash
# Starts the server of a database that has only one.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "${BASH_SOURCE%/*}/volume.sh"

trap 'exit 143' TERM
: >"$WAITING"
lock_volume "$DATA/.lock"
rm -f "$WAITING" # reading a snapshot counts as the start
adopt_snapshot
serve 'replica-priority 100'
