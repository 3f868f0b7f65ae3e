#!/bin/bash
# Passes while the log is received, and a backup belongs to it if it began after a gap. Environment: STATE, LOGS.
set -euo pipefail
fail() { echo "$*"; exit 1; }
since=$(stat -c %Y "$STATE/receives" 2>/dev/null) || since=0
[ $((EPOCHSECONDS - since)) -lt 60 ] || fail 'The log of the primary is not being received.'
[ ! -e "$STATE/asynchronous" ] || fail 'Commits do not wait for the archive.'
newest=''
for description in "$LOGS"/*/RUN; do newest=${description%/RUN}; done
[ ! -e "$newest/.gap" ] || fail "No physical backup has been made since a gap in the archive: $(<"$newest/.gap")."
