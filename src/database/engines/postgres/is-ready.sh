#!/bin/bash
# Passes when clients may come. The primary is asked without a login, so that a full connection table does not count.
#
# A standby follows; or the primary does not answer, and then the standby serves what it has, unless MAX_STALENESS
# (seconds) is over. It never serves while the primary answers and it does not follow.
# shellcheck source=member.sh
. "${BASH_SOURCE[0]%/*}/member.sh"

NOT_FOLLOWING=30 # seconds: a walreceiver that starts again, after the primary did

fail() { echo "$*"; exit 1; }

[ ! -e "$STATE/cloning" ] || fail 'Cloning the primary.'
[ ! -e "$STATE/saving" ] || fail 'This copy can only be read to save it: it follows no primary.'
env -u PGPASSFILE pg_isready -q -t 2 -h 127.0.0.1 -U "$user" -d "$POSTGRES_DB" || fail 'The server does not accept connections.'
state=$(control 'Database cluster state')
if [ "$ordinal" = 0 ]; then
  [ "$state" = 'in production' ] || fail "The server is $state."
  exit 0
fi
[ "$state" = 'in archive recovery' ] || fail "This member is $state: it was promoted manually, but the primary of this set is $set_name-0."

age_of() { [ -e "$1" ] && echo $((EPOCHSECONDS - $(stat -c %Y "$1"))); }

# Whether a message came lately, and whether all that the primary has sent is replayed.
follows=$(own_server "
  select status = 'streaming' and last_msg_receipt_time > now() - greatest(interval '20 s', current_setting('wal_receiver_timeout')::interval),
    pg_last_wal_replay_lsn() >= latest_end_lsn or now() - pg_last_xact_replay_timestamp() < interval '5 s'
  from pg_stat_wal_receiver") || follows=''
streams=${follows%|*} current=${follows#*|}
[ "$streams" != t ] || touch "$STATE/followed"
[ "$streams $current" != 't t' ] || touch "$PGDATA.current"

if [ -n "${MAX_STALENESS-}" ]; then
  stale=$(age_of "$PGDATA.current") || fail 'The age of the data of this standby is unknown, and maxStaleness is set.'
  [ "$stale" -le "$MAX_STALENESS" ] || fail "This standby has not been current for $stale s, longer than maxStaleness, $MAX_STALENESS s."
fi
[ "$streams" != t ] || exit 0
! age=$(age_of "$STATE/followed") || [ "$age" -gt "$NOT_FOLLOWING" ] || exit 0
code=0
env -u PGPASSFILE pg_isready -q -t 2 -h "$PRIMARY_HOST" -U "$user" -d "$POSTGRES_DB" || code=$?
[ "$code" = 2 ] || fail "The primary answers, but this standby does not follow it. For the reason: kubectl logs$(namespace_flag "$MEMBERS_HOST") $HOSTNAME -c postgres"
