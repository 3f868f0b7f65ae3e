#!/bin/bash
# replay.sh DUMP RUN  replays the binary log in the folder RUN that follows the dump in the folder DUMP, up to its end or to a time, on the server that
# makes the database and has loaded the dump. Of the log, only what is of this database is replayed.
#
# Environment: UNTIL (a time, or empty), DATABASE_NAME, PASSWORD_FILE.
set -euo pipefail
export LC_ALL=C TZ=UTC # the tools read and print times in that zone
dump=$1 run=$2
# shellcheck source=../mysql/log-files.sh
. "${BASH_SOURCE[0]%/*}/log-files.sh"
# The socket that the image configures.
sql() { mariadb --no-defaults --socket="${SOCKET:-/var/run/mysqld/mysqld.sock}" -u root --binary-mode --max-allowed-packet=1G --init-command='SET sql_log_bin = 0' "$@"; }
read_log() { mariadb-binlog --no-defaults --verify-binlog-checksum "$@"; }
statements() { read_log --base64-output=decode-rows "$@"; }

main() {
  local from position stop=()
  from=$(fact log-from) position=$(fact log-position)
  find_files
  summarize
  require_same_history
  require_end "$(last_of time)"
  [ -z "$UNTIL" ] || stop=("--stop-datetime=$(sed 's/T/ /; s/\..*//' <<<"$UNTIL")")
  require_all_statements
  say "replaying the binary log from $from, position $position${UNTIL:+, up to $UNTIL}."
  sql -e 'SET GLOBAL max_allowed_packet = 1073741824'
  read_log --database="$DATABASE_NAME" --start-position="$position" "${stop[@]}" "${logs[@]}" | without_accounts | sql "$DATABASE_NAME" ||
    refuse 'the binary log could not be replayed: see above.'
  say "the last event in the replayed part of the binary log is from $(last_of replayed)."
}

# without_accounts  the statements on standard input, but not those on accounts: a connection that had chosen this database made them, but they are not of it, and
# the new database has its own password. A statement follows the end of another one, and ends on a line of its own.
without_accounts() {
  awk '
    {
      if (ended) {
        words = tolower($0)
        sub(/^([ \t]*\/\*[^*]*\*\/)*[ \t]*/, "", words)
        account = words ~ /^(create|alter|drop|rename)( +or +replace)? +(user|role) |^(grant|revoke|set +password|set +default +role|flush) /
      }
      ended = $0 ~ /\/\*!\*\/;$/
    }
    !account
  '
}

# summarize  reads every file, and writes to $work/N what is asked below, a line each: `list`, the transactions before it, `last`, its last one, `before`,
# the last one before the position of the dump, `position` if an event begins there, and the times of its last event and of the last one before UNTIL
summarize() {
  local i
  for i in "${!logs[@]}"; do
    statements "${logs[i]}" | awk -v position="$position" -v until="$UNTIL" '
      /^# at [0-9]+$/ { if ($3 + 0 >= position + 0) after = 1; if ($3 + 0 == position + 0) begins = 1; next }
      /^#[0-9]+ +[0-9]+:[0-9]+:[0-9]+ server id / {
        time = "20" substr($1, 2, 2) "-" substr($1, 4, 2) "-" substr($1, 6, 2) "T" (length($2) < 8 ? "0" : "") $2 ".000000Z"
        if (until != "" && time >= until) passed = 1
        if (!passed) replayed = time
      }
      /\tGtid list \[/ { list = $0; sub(/.*Gtid list \[/, "", list); sub(/\].*/, "", list); gsub(/[ \n]/, "", list); last = list; if (!after) before = list }
      /\tGTID [0-9]+-[0-9]+-[0-9]+/ { match($0, /\tGTID [0-9-]+/); last = substr($0, RSTART + 6, RLENGTH - 6); if (!after) before = last }
      END { print "list: " list "\nlast: " last "\nbefore: " before "\nposition: " begins "\ntime: " time "\nreplayed: " replayed }
    ' >"$work/$i" || not_readable "${logs[i]}"
  done
}
# summary N NAME
summary() { sed -n "s/^$2: //p" "$work/$1"; }
# last_of NAME  the latest of these times of all files
last_of() { cat "$work"/[0-9]* | sed -n "s/^$1: //p" | sort | tail -n 1; }

# The log must have the transaction before the position of the dump, and each file continue the one before.
require_same_history() {
  local i before
  require_position
  before=$(summary 0 before)
  [ "$(stat -c %s "${logs[0]}")" = "$position" ] || [ -n "$(summary 0 position)" ] || before='none, as no event begins there'
  within "$before" "$(fact log-gtid)" ||
    other_history "before position $position of ${logs[0]##*/} is the transaction '$before', but the dump ends with '$(fact log-gtid)'"
  for ((i = 1; i < ${#logs[@]}; i++)); do
    before=$(summary $((i - 1)) last)
    [ -z "$before" ] || within "$before" "$(summary "$i" list)" ||
      refuse "the archive has a gap: ${logs[i]##*/} does not begin after the transaction $before, with which ${logs[i - 1]##*/} ends."
  done
}

# within TRANSACTIONS POSITION  whether all of these are in POSITION, which has the last one of each domain; both are lists with commas
within() {
  [ -n "$1" ] || [ -z "$2" ] || return 1
  ! tr ',' '\n' <<<"$1" | grep -qvxF "$(tr ',' '\n' <<<"$2")"
}

# A statement belongs to the database that its connection had chosen. One that names this database but had chosen another one, or none, would be left out.
require_all_statements() {
  local i options found
  for i in "${!logs[@]}"; do
    options=("${stop[@]}")
    [ "$i" != 0 ] || options+=("--start-position=$position")
    found=$(left_out <(statements --database="$DATABASE_NAME" "${options[@]}" "${logs[i]}") <(statements "${options[@]}" "${logs[i]}"))
    [ -z "$found" ] ||
      refuse "a statement in ${logs[i]##*/} changes the database '$DATABASE_NAME' from a connection that had selected another database, or none, and cannot be replayed: $found. Restore to a point in time before it, or make a dump if the database still exists."
  done
}

# left_out OWN ALL  the first statement that is among all, but not among those of this database, and names it; accounts are not restored
left_out() {
  awk -v name="$(tr '[:upper:]' '[:lower:]' <<<"$DATABASE_NAME")" '
    function judge(  words) {
      words = tolower(statement)
      sub(/^([ \t]*\/\*[^*]*\*\/)*[ \t]*/, "", words)
      if (words ~ /^(create|alter|drop|rename)( +or +replace)? +(user|role) |^(grant|revoke|set password|set default role|flush) /) return
      if (!found && words ~ ("(^|[^a-z0-9_$])`?" name "`?[ \t]*[.]")) found = "at position " at " of " time ": " substr(statement, 1, 200)
    }
    /^# at [0-9]+$/ { if (statement != "") judge(); statement = ""; at = $3; query = 0; next }
    /^#[0-9]+ .*\tQuery(_compressed)?\t/ {
      if (FNR == NR) own[at] = 1
      query = FNR != NR && !(at in own)
      time = substr($1, 2) " " $2
      next
    }
    $0 == "/*!*/;" { query = 0 }
    /^(#[0-9]|SET TIMESTAMP=|SET @@session\.|use `.*`\/\*!\*\/;$|\/\*M?!)/ { next }
    query { statement = statement $0 " " }
    END { if (statement != "") judge(); if (found) print found }
  ' "$1" "$2"
}

main
