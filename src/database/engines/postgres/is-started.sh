#!/bin/bash
# Asks the server over the network, where the temporary one of a first init does not listen, without logging in; under
# the name of a user that exists, else each question fills a line of the log. Exit status 1 says that the server lives
# but takes no connections yet, as while it recovers.
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"
[ ! -e "$STATE/cloning" ] || exit 0 # a clone takes as long as it takes; the member is not ready meanwhile
exec env -u PGPASSFILE pg_isready -q -t 3 -h 127.0.0.1 -U "$user" -d "$POSTGRES_DB"
