#!/bin/bash
# Whether this member is ready: it has settled since its start, and listens. Cheap, as it runs every few seconds: falling behind
# later, or the absence of another member, makes nobody unready.
FILES=$(dirname "$0")
# shellcheck source=/dev/null
for part in member.conf founding.sh member.sh; do . "$FILES/$part"; done
[ -e "$MARKS/settled" ] || { echo 'not a voter, or not in sync yet: see the log'; exit 1; }
listens 127.0.0.1 "${BROKER_PORT:-$CONTROLLER_PORT}"
