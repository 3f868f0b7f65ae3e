#!/bin/bash
# probe.sh started|alive|ready, and sentinel-alive|sentinel-ready
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"
: "${STALE_SECONDS:=60}" # how old the data of a replica may be that has lost its master

# What waits has no server to ask, and nothing to gain from a restart. A server that runs a slow command answers nobody, but its
# port takes connections.
# shellcheck disable=SC2016
listens() { [ -e "$WAITING" ] || timeout 2 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"' bash "$1" 2>/dev/null; }

case $1 in
  started)
    [ ! -e "$WAITING" ] || exit 0
    answer=$(tell 127.0.0.1 "$PORT" ping)
    [ -n "$answer" ] && [[ $answer != LOADING* ]]
    ;;
  alive) listens "$PORT" ;;
  ready)
    state=$(tell 127.0.0.1 "$PORT" info)
    [ "$(field loading <<<"$state")" = 0 ] || { echo 'does not answer, or loads its data'; exit 1; }
    [ "$(field role <<<"$state")" != master ] || exit 0
    [ "$(field master_link_status <<<"$state")" != up ] || exit 0
    down=$(field master_link_down_since_seconds <<<"$state")
    if [ "${down:--1}" -lt 0 ]; then
      echo 'has had no connection to the master since it started'
      exit 1
    elif [ "$down" -gt "$STALE_SECONDS" ]; then
      echo "has no connection to the master since $down s"
      exit 1
    fi
    ;;
  sentinel-alive) listens "$SENTINEL_PORT" ;;
  sentinel-ready) [ -n "$(tell 127.0.0.1 "$SENTINEL_PORT" sentinel get-master-addr-by-name "$MASTER_NAME")" ] ;;
esac
