#!/bin/bash
# replay.sh DUMP RUN  replays the binary log in the folder RUN that follows the dump in the folder DUMP, up to its end or to a time, on the server that
# makes the database and has loaded the dump. The replication thread of the server applies it, of this database only: its files are the relay log of a
# channel without a source. The server knows the transactions of the dump, leaves them out, and knows in the end which it has.
#
# Environment: UNTIL (a time, or empty), DATABASE_NAME, PASSWORD_FILE.
set -euo pipefail
export LC_ALL=C TZ=UTC
dump=$1 run=$2
files=${BASH_SOURCE[0]%/*}
# shellcheck source=log-files.sh
. "$files/log-files.sh"
# shellcheck source=transactions.sh
. "$files/transactions.sh"
# shellcheck source=statements.sh
. "$files/statements.sh"
# The socket that the image configures.
sql() { mysql --no-defaults --socket="${SOCKET:-/var/run/mysqld/mysqld.sock}" -u root -N -B "$@"; }
ask() { sql -e "select $1"; }

main() {
  local own stop='' expected='' missing=''
  own=$(fact log-gtid)
  find_files
  require_position
  summarize
  require_end "$(time_of "$(last_of time)")"
  take_identifiers
  make_relay_log
  require_same_history
  require_no_gap
  say "replaying the binary log from $(fact log-from), position $(fact log-position)${UNTIL:+, up to $UNTIL}."
  replay
  missing=$(ask "gtid_subtract('$expected', @@global.gtid_executed)")
  [ -z "$missing" ] || refuse "the archive has a gap: it does not have the transactions $missing."
  enable_events
  leave_replication
  say "the last transaction in the replayed part of the binary log was committed at $(time_of "$(last_of reached)")."
}

# summarize  reads every file up to UNTIL, see transactions.sh, to $work/N, and leaves out of `logs` what is later. Sets `stop`.
summarize() {
  local i until=''
  [ -z "$UNTIL" ] || until=$(date -d "${UNTIL/T/ }" +%s%6N)
  for i in "${!logs[@]}"; do
    transactions "${logs[i]}" "$([ "$i" != 0 ] || fact log-position)" "$until" >"$work/$i" || not_readable "${logs[i]}"
    [ -z "$(summary "$i" damaged)" ] || { say "${logs[i]##*/}: $(summary "$i" damaged)."; not_readable "${logs[i]}"; }
    stop=$(summary "$i" stop)
    if [ -n "$stop" ]; then
      logs=("${logs[@]:0:i+1}")
      return 0
    fi
  done
}
# summary N NAME
summary() { sed -n "s/^$2: //p" "$work/$1"; }
# last_of NAME  the latest of these times of all files
last_of() { cat "$work"/[0-9]* | sed -n "s/^$1: //p" | sort -n | tail -n 1; }
# time_of MICROSECONDS
time_of() { date -d "@$(($1 / 1000000))" "+%Y-%m-%dT%H:%M:%S.$(printf %06d $(($1 % 1000000)))Z"; }

# take_identifiers  the server has the transactions of the dump, and no others. It does not apply what has its own number as a server.
take_identifiers() {
  local mode
  sql -e 'SET GLOBAL enforce_gtid_consistency = ON; SET GLOBAL server_id = 4294900002'
  for mode in $(case $(ask @@global.gtid_mode) in
    ON) ;;
    ON_PERMISSIVE) echo ON ;;
    OFF_PERMISSIVE) echo ON_PERMISSIVE ON ;;
    *) echo OFF_PERMISSIVE ON_PERMISSIVE ON ;;
  esac); do
    sql -e "SET GLOBAL gtid_mode = $mode"
  done
  sql -e "RESET BINARY LOGS AND GTIDS; SET GLOBAL gtid_purged = '$own'"
}

# make_relay_log  of links to the files, but of one that breaks off a copy of what is there as a whole, and a channel that applies it. Sets `relay_logs`, their
# names. The server deletes its relay log in the end: links are all that it deletes.
make_relay_log() {
  local base index i name pattern
  IFS=$'\t' read -r base index < <(ask '@@relay_log_basename, @@relay_log_index')
  relay_logs=()
  for i in "${!logs[@]}"; do
    name=$base.$(printf %06d $((i + 1)))
    rm -f "$name"
    if [ -n "$(summary "$i" stop)" ] || [ "$(summary "$i" end)" = "$(stat -c %s "${logs[i]}")" ]; then
      ln -s "$(realpath "${logs[i]}")" "$name"
    else
      head -c "$(summary "$i" end)" "${logs[i]}" >"$name"
    fi
    relay_logs+=("$name")
  done
  printf '%s\n' "${relay_logs[@]}" >"$index"
  relay_logs=("${relay_logs[@]##*/}")
  pattern=${DATABASE_NAME//\\/\\\\}
  pattern=${pattern//_/\\_}
  pattern=${pattern//%/\\%}
  sql -e "
    CHANGE REPLICATION FILTER REPLICATE_DO_DB = (), REPLICATE_IGNORE_DB = (), REPLICATE_DO_TABLE = (), REPLICATE_IGNORE_TABLE = (),
      REPLICATE_WILD_DO_TABLE = ($(quoted "$pattern.%")), REPLICATE_WILD_IGNORE_TABLE = (), REPLICATE_REWRITE_DB = ();
    CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'archive', RELAY_LOG_FILE = '${relay_logs[0]}', RELAY_LOG_POS = 4"
}

# quoted TEXT  as a string of SQL
quoted() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\'\'}"
}

# earlier_than N  the transactions of the files before, as the file itself says
earlier_than() { sql --raw -e "SHOW RELAYLOG EVENTS IN '${relay_logs[$1]}' LIMIT 2" | tr -d '\n' | sed -n 's/.*\tPrevious_gtids\t[^\t]*\t[^\t]*\t//p'; }
# both SET SET
both() { ask "replace(concat_ws(',', nullif('$1', ''), nullif('$2', '')), '\\n', '')"; }
# same SET SET  whether they have the same transactions
same() { [ "$(ask "gtid_subset('$1', '$2') and gtid_subset('$2', '$1')")" = 1 ]; }

# require_same_history  the log must have exactly the transactions of the dump before its position
require_same_history() {
  local theirs
  [ -n "$(summary 0 begins)" ] || other_history "no event begins at position $(fact log-position) of ${logs[0]##*/}"
  theirs=$(both "$(earlier_than 0)" "$(summary 0 before)")
  same "$theirs" "$own" || other_history "at position $(fact log-position) of ${logs[0]##*/} there were the transactions '$theirs', but the dump has '$own'"
}

# require_no_gap  each file must begin after the transactions of those before it. Sets `expected`, all that a restored database has.
require_no_gap() {
  local i earlier
  expected=$(earlier_than 0)
  for i in "${!logs[@]}"; do
    earlier=$(earlier_than "$i")
    same "$earlier" "$expected" || refuse "the archive has a gap: ${logs[i]##*/} begins after the transactions '$earlier', but the files before it end with '$expected'."
    expected=$(both "$expected" "$(summary "$i" gtids)")
  done
}

# replay  applies the log up to `stop`, or all of it
replay() {
  local status failed until=''
  [ -z "$stop" ] || until="UNTIL SQL_BEFORE_GTIDS = '$stop'"
  while :; do
    sql -e "START REPLICA SQL_THREAD $until"
    await_end || return 0
    failed=$(sed -n "s/^ *Last_SQL_Error: .*failed executing transaction '\([^']*\)'.*/\1/p" <<<"$status")
    { [ -n "$failed" ] && is_of_another_database "$failed"; } || refuse "the binary log could not be replayed: $(reason)"
    sql -e "SET gtid_next = '$failed'; BEGIN; COMMIT"
  done
}

# await_end  succeeds when the server stopped at an error, which `status` has
await_end() {
  local before='' now
  while :; do
    [ "$(ask "gtid_subset('$expected', @@global.gtid_executed)")" = 0 ] || return 1
    status=$(sql -E --column-names -e 'SHOW REPLICA STATUS')
    [ -z "$(said Last_SQL_Error)" ] || return 0
    [ "$(said Replica_SQL_Running)" = Yes ] || return 1
    now=$(ask @@global.gtid_executed)
    if is_idle; then
      [ "$now" != "$before" ] || return 1 # what is missing is not in the log
      before=$now
    fi
    sleep 1
  done
}
# reason  of the thread that failed, which the status does not have
reason() {
  said Last_SQL_Error
  sql -e 'select last_error_message from performance_schema.replication_applier_status_by_worker where last_error_number != 0' || :
}
# said NAME  in `status`
said() { sed -n "s/^ *$1: //p" <<<"$status"; }
# is_idle  whether the server has read all of the log, and applies nothing
is_idle() {
  sql -e 'SHOW PROCESSLIST' |
    awk -F '\t' '$2 == "system user" && $7 !~ /^Replica has read all relay log|^Waiting for an event from Coordinator/ { busy = 1 } END { exit busy }'
}

# is_of_another_database TRANSACTION  whether it is a statement on a routine or an event of another database, which the server does not filter
is_of_another_database() {
  local i position='' statement database
  for i in "${!logs[@]}"; do
    position=$(transactions "${logs[i]}" 0 0 "$1" | sed -n 's/^at: //p')
    [ -z "$position" ] || break
  done
  [ -n "$position" ] || return 1
  statement=$(sql -e "SHOW RELAYLOG EVENTS IN '${relay_logs[i]}' FROM $position LIMIT 2" | awk -F '\t' '$3 == "Query" { print $6 }')
  database=$(database_of "$statement")
  [ -n "$database" ] && [ "$database" != "$DATABASE_NAME" ] || return 1
  say "skipping a statement on the database $database: ${statement:0:200}"
}

# enable_events  the server has disabled those that the log made, as it would on a replica
enable_events() {
  local statements
  statements=$(sql --raw -e "
    select concat('SET time_zone = ', quote(time_zone), ', sql_mode = ', quote(sql_mode), ', character_set_client = ', quote(character_set_client),
      ', collation_connection = ', quote(collation_connection), '; ALTER DEFINER = \`', replace(substring_index(definer, '@', 1), '\`', '\`\`'), '\`@\`',
      substring_index(definer, '@', -1), '\` EVENT \`', replace(event_name, '\`', '\`\`'), '\` ENABLE;')
    from information_schema.events where event_schema = $(quoted "$DATABASE_NAME") and status in ('REPLICA_SIDE_DISABLED', 'SLAVESIDE_DISABLED')")
  [ -z "$statements" ] || sql "$DATABASE_NAME" <<<"$statements"
}

# leave_replication  the new database has a history of its own
leave_replication() { sql -e 'STOP REPLICA; RESET REPLICA ALL; RESET BINARY LOGS AND GTIDS'; }

main
