#!/bin/bash
# probe.sh alive|ready
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=ensemble.sh
. "${BASH_SOURCE%/*}/ensemble.sh"

case $1 in
  alive)
    # A member that waits has no server to ask, and nothing to gain from a restart.
    [ ! -e "$WAITING" ] || exit 0
    if [ "$(tell 127.0.0.1 ruok)" = imok ]; then rm -f "$STARTING"; exit 0; fi
    # The start-up probe was satisfied while the member waited: the start of the server has the same ten minutes.
    [ -n "$(find "$STARTING" -mmin -10 2>/dev/null)" ]
    ;;
  ready)
    votes 127.0.0.1 || { echo 'not in a majority'; exit 1; }
    has_vote_in "$(membership_of 127.0.0.1)" || { echo 'not a voting member yet'; exit 1; }
    [ ! -e "$FOUNDING" ] || { echo 'founding the ensemble: a majority of the declared members has not joined yet'; exit 1; }
    ;;
esac
