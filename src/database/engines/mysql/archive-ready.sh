#!/bin/bash
# Passes while the log is received, and a dump belongs to it if it began after a gap. Environment: STATE, LOGS.
set -euo pipefail
export LC_ALL=C # names sort by their bytes
fail() { echo "$*"; exit 1; }
since=$(stat -c %Y "$STATE/receives" 2>/dev/null) || since=0
[ $((EPOCHSECONDS - since)) -lt 60 ] || fail 'The binary log of the server is not being received.'
newest=''
for description in "$LOGS"/*/RUN; do # not as the paths sort, where a slash follows the name
  [[ ${description%/RUN} < $newest ]] || newest=${description%/RUN}
done
[ ! -e "$newest/.gap" ] || fail "No dump has been made since a gap in the archive: $(<"$newest/.gap")."
