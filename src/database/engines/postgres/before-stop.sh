#!/bin/bash
# A primary that waits for standbys writes nothing while there are too few: one that stops, by a rollout or a drain, waits
# until the others are there, for at most the given number of seconds.
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"
if { : >/proc/1/fd/2; } 2>/dev/null; then exec 2>/proc/1/fd/2; fi # the log of the container

# How many standbys a commit waits for, less those that stream and count, this one left aside: above 0 writes stop.
MISSING="
with wanted as (select trim(current_setting('synchronous_standby_names')) as names)
select coalesce((select (regexp_match(names, '^(?:(?:first|any)\s+)?(\d+)\s*\(', 'i'))[1]::int from wanted where names ~* '^((first|any)\s+)?\d+\s*\('), 1)
  - (select count(*) from pg_stat_replication where state = 'streaming' and sync_state <> 'async' and application_name <> :'name')
from wanted where names <> '';
"

main() {
  local missing said=no
  [ "$ordinal" != 0 ] || return 0
  write_passfile
  while [ "$SECONDS" -lt "$1" ]; do
    missing=$(ask_server "$PRIMARY_HOST" -v name="$HOSTNAME" <<<"$MISSING") || return 0
    [ "${missing:-0}" -gt 0 ] || return 0
    [ "$said" = yes ] || say "commits on the primary wait for standbys, and without this one $missing would be missing: delaying the shutdown for at most $1 s."
    said=yes
    pause 2
  done
  say 'shutting down anyway: writes on the primary wait until enough standbys are back.'
}

main "$1"
