#!/bin/bash
# verify.sh ARGUMENT...  the last step of a verification: the containers before it have restored the newest backup into a volume that is
# thrown away, as they do for a new database. It starts the server with these arguments, reachable in this Pod only, reads all data, and asks
# the query of the user.
#
# Environment: DATABASE, CRON_JOB (which makes the backups), RESTORED (a file with the name of the backup, its size, and the seconds that the restore took).
# Beside this file: `query`, if there is one, and check.sh of the product, with the functions `serve ARGUMENT...`, `answers`, `check` and `ask FILE`.
set -euo pipefail
export LC_ALL=C
scripts=${BASH_SOURCE[0]%/*}

say() { echo "$DATABASE: $*" >&2; }
fail() {
  say "NOT VERIFIED: the backup $backup $*"
  say "Make another one: kubectl create job --from=cronjob/$CRON_JOB $CRON_JOB-again. Until that is verified, only an earlier backup can be relied on."
  exit 1
}

# age NAME  how long ago a backup began
age() {
  local hours
  hours=$((($(date -u +%s) - $(date -u -d "${1:0:10} ${1:11:2}:${1:14:2}:${1:17:2}" +%s)) / 3600))
  if [ "$hours" -lt 48 ]; then echo "$hours h"; else echo "$((hours / 24)) days"; fi
}

main() {
  local backup size seconds rows='' result=''
  # shellcheck source=/dev/null
  . "$scripts/check.sh"
  read -r backup size seconds <"$RESTORED"
  say "the backup $backup ($size, $(age "$backup") old) was restored in $seconds s: checking it."
  serve "$@" &
  server=$!
  until answers; do
    kill -0 "$server" 2>/dev/null || fail 'was restored, but the server does not start on it: see above.'
    sleep 1
  done
  check || fail 'was restored, but what it holds is damaged: see above.'
  if [ -e "$scripts/query" ]; then
    rows=$(ask "$scripts/query") || fail 'was restored, but the query failed: see above.'
    [ -n "${rows//[[:space:]]/}" ] || fail 'was restored, but the query returned no row.'
    result=", and the query returned $(wc -l <<<"$rows") row(s)"
  fi
  say "verified: the backup $backup ($size, $(age "$backup") old) restores in $seconds s, and was read and checked in $SECONDS s$result."
}

server=''
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || :' EXIT
trap 'exit 143' TERM INT
main "$@"
