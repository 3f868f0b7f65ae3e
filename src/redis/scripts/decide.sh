#!/bin/bash
# A person decides what a member does that cannot know.
#
# In the only server of a database, that waits:
#   decide.sh start              start with what is left on the volume: an old snapshot, or nothing
# In a server that waits:
#   decide.sh lead               start as the master, with what is on the volume; refused while another server runs as the master
#   decide.sh follow cache-1     start as a replica of this server, and lose what it does not have
# In a server that runs as a replica, and has not copied the master since it started:
#   decide.sh electable          let the sentinels choose it, when the master is lost permanently
# In a sentinel that waits:
#   decide.sh watch cache-0      watch this server as the master
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=member.sh
. "${BASH_SOURCE%/*}/member.sh"

refuse() { echo "refused: $*" >&2; exit 1; }

decide() {
  echo "$1" >"$DECISION_FILE.new"
  mv "$DECISION_FILE.new" "$DECISION_FILE"
  echo "decided: $1. The log of $HOSTNAME shows what it does next."
}

require_waiting() { [ -e "$WAITING" ] || refuse "$HOSTNAME is not waiting for a decision."; }

# server NAME  its DNS name
server() {
  [[ ${1-} =~ ^"$SET"-[0-9]+$ ]] || refuse "'${1-}' is not a server of this database. Use $SET-0, for example."
  echo "$1.$DOMAIN"
}

# a_master NAME  its DNS name, if it runs as the master
a_master() {
  local host
  host=$(server "${1-}") || exit 1
  [ "$(role_of "$host")" = master ] || refuse "$1 does not run as the master. If no server does, choose the one with the newest data. There: decide.sh lead."
  echo "$host"
}

kind=server
if [ -z "${SENTINEL_SET-}" ]; then kind=alone; elif [[ $HOSTNAME == "$SENTINEL_SET"-* ]]; then kind=sentinel; fi
case "$kind ${1-}" in
  'alone start')
    require_waiting
    decide start
    ;;
  'server lead')
    require_waiting
    count=$(members)
    found=$(masters "$count")
    [ -z "$found" ] || refuse "$(pod_of "$found") runs as the master. Say 'follow $(pod_of "$found")'."
    decide lead
    ;;
  'server follow')
    require_waiting
    host=$(a_master "${2-}")
    decide "follow $host"
    ;;
  'server electable')
    state=$(tell 127.0.0.1 "$PORT" info replication)
    [ "$(field role <<<"$state")" = slave ] || refuse "$HOSTNAME does not run as a replica: nothing to decide."
    [ "$(tell 127.0.0.1 "$PORT" config set replica-priority 100)" = OK ] || refuse 'the server does not answer.'
    echo "decided: the sentinels may make $HOSTNAME the master."
    ;;
  'sentinel watch')
    require_waiting
    host=$(a_master "${2-}")
    decide "$host"
    ;;
  *) refuse "'$*' is not a decision for $HOSTNAME: see the head of $FILES/decide.sh." ;;
esac
