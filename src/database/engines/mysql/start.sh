#!/bin/bash
# start.sh SERVER [ARGUMENT...]  starts the server on a database that is complete, and on nothing else
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "$(dirname "$0")/volume.sh"
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_USER MYSQL_PWD # of another database, by a grant

trap 'exit 143' TERM # the first process of a container ignores it otherwise
lock_volume "$lock"
[ ! -e "$marker" ] || refuse "the first init of this volume is not complete. Delete the Pod: its init container makes it anew."
refuse_foreign "$1"
has_database "$1" || refuse "this volume holds no database. Delete the Pod if an empty one is meant: its init container makes it."
mkdir -p "$temporary" || say "no temporary files can be written: is the volume full?"
exec docker-entrypoint.sh "$@"
