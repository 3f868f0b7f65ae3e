#!/bin/bash
# Runs beside a server that starts as a replica, until it has the data of the master: then the sentinels may choose it. Before that
# its data may be old, whatever its offset says.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
: "${KEEP_PAUSE:=1}" # seconds between two looks

said=$SECONDS
while :; do
  pause "$KEEP_PAUSE"
  state=$(tell 127.0.0.1 "$PORT" info replication)
  if [ "$(field role <<<"$state")" = master ] || [ "$(field master_link_status <<<"$state")" = up ]; then
    [ "$(tell 127.0.0.1 "$PORT" config set replica-priority 100)" = OK ] || continue
    say 'has the data of the master: it can become the master from now on.'
    exit 0
  fi
  say_each 30 "has not copied the master since it started, so that the sentinels do not choose it: its data may be old. If the master is lost permanently and this server has the newest data: $(to_decide electable)."
done
