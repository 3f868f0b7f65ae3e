#!/bin/bash
# Fails if only a restart helps: nothing listens, the gate has stopped this server, or this is a second primary, which
# serve.sh then refuses to start.
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"
code=0
bash "$files/is-started.sh" || code=$?
[ "$code" != 2 ] || exit 1
[ ! -e "$STATE/stopping" ] || { echo 'This server is stopping: see its log.'; exit 1; }
[ "$ordinal" = 0 ] || [ -e "$STATE/cloning" ] || [ "$(control 'Database cluster state')" != 'in production' ] || {
  echo "This member was promoted manually, but the primary of this set is $set_name-0."
  exit 1
}
