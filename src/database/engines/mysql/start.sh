#!/bin/bash
# start.sh SERVER [ARGUMENT...]  starts the server on a database that is complete, and on nothing else
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "$(dirname "$0")/volume.sh"
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_USER MYSQL_PWD # of another database, by a grant

trap 'exit 143' TERM # the first process of a container ignores it otherwise
lock_volume "$lock"
[ ! -e "$marker" ] || refuse "the first init of this volume is not complete. Delete the Pod: its init container starts over."
refuse_foreign "$1"
has_database "$1" || refuse "this volume has no database. If it should begin with an empty one, delete the Pod: its init container creates it."
mkdir -p "$temporary" || say "cannot write temporary files: is the volume full?"
exec docker-entrypoint.sh "$@"
