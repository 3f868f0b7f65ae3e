#!/bin/bash
# replay.sh DUMP RUN  replays the binary log in the folder RUN that follows the dump in the folder DUMP, up to its end or to a time, on the server that
# makes the database and has loaded the dump. Of the log, only what is of this database is replayed.
#
# Environment: UNTIL (a time, or empty), DATABASE_NAME, PASSWORD_FILE.
set -euo pipefail
export LC_ALL=C TZ=UTC # the tools read and print times in that zone
dump=$1 run=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MYSQL_HOST MYSQL_TCP_PORT
MYSQL_PWD=$(<"$PASSWORD_FILE")
export MYSQL_PWD

say() { echo "${HOSTNAME-}: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}
fact() { sed -n "s/^$1: //p" "$dump/BACKUP"; }
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
  require_end
  [ -z "$UNTIL" ] || stop=("--stop-datetime=$(sed 's/T/ /; s/\..*//' <<<"$UNTIL")")
  require_all_statements
  say "replaying the binary log from $from, position $position${UNTIL:+, up to $UNTIL}."
  sql -e 'SET GLOBAL max_allowed_packet = 1073741824'
  read_log --database="$DATABASE_NAME" --start-position="$position" "${stop[@]}" "${logs[@]}" | sql "$DATABASE_NAME" ||
    refuse 'the binary log could not be replayed: see above.'
  say "the last event in the replayed part of the binary log is of $(last_of replayed)."
}

# find_files  sets `logs`, those from the position of the dump on; they must be there without a gap
find_files() {
  local name file number last=''
  for file in "$run"/*.*; do
    name=${file##*/}
    case $name in '*.*' | 0-*) ;; *) echo "$name" ;; esac
  done | sort >"$work/names"
  logs=()
  while read -r name; do
    [ ! "${name%.partial}" \< "$from" ] || continue
    number=${name%.partial}
    number=$((10#${number##*.}))
    [ "$number" != "$last" ] || continue # both names: the complete file counts
    [ -n "$last" ] || [ "${name%.partial}" = "$from" ] || break
    [ -z "$last" ] || [ "$number" = $((last + 1)) ] || refuse "the archive has a gap in $run before $name: nothing after it can be restored."
    last=$number
    logs+=("$run/$name")
  done <"$work/names"
  [ ${#logs[@]} != 0 ] || refuse "the archive does not have the log of the dump ${dump##*/}: $from is missing in $run."
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
    ' >"$work/$i" || refuse "the archive is damaged: ${logs[i]##*/} cannot be read to its end. Restore to a point in time before, if an earlier file has it, or the dump alone by its name."
  done
}
# summary N NAME
summary() { sed -n "s/^$2: //p" "$work/$1"; }
# last_of NAME  the latest of these times of all files
last_of() { cat "$work"/[0-9]* | sed -n "s/^$1: //p" | sort | tail -n 1; }

# The log must have the transaction before the position of the dump, and each file continue the one before.
require_same_history() {
  local i before size
  size=$(stat -c %s "${logs[0]}")
  [ "$size" -ge "$position" ] ||
    refuse "the archive ends before the dump ${dump##*/}: ${logs[0]##*/} does not reach position $position. Restore the dump alone by its name."
  before=$(summary 0 before)
  [ "$size" = "$position" ] || [ -n "$(summary 0 position)" ] || before='none, as no event begins there'
  within "$before" "$(fact log-gtid)" ||
    refuse "the archive has the log of another history than the dump ${dump##*/}: before position $position of ${logs[0]##*/} is the transaction '$before', and the dump ends with '$(fact log-gtid)'. Restore the dump alone by its name, or to a point in time before it."
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

# require_end  refuses a time that the archive does not reach: it has an event of that time or a later one, or the archiver says that it has everything by then
require_end() {
  local last reached='' description=$run/0-reached.partial
  [ -n "$UNTIL" ] || return 0
  last=$(last_of time)
  [[ $last < $UNTIL ]] || return 0
  if [ -e "$description" ]; then reached=$(reached_by "$description"); fi
  [[ $reached < $UNTIL ]] || return 0
  refuse "the archive ends before $UNTIL: its last event is of $last${reached:+, and it has everything up to $reached}. Restore to a point in time before that."
}

# reached_by DESCRIPTION  the time in it, if what it was true of is here
reached_by() {
  local file
  file=$run/$(sed -n 's/^file: //p' "$1")
  [ -e "$file" ] || file=$file.partial
  [ ! -e "$file" ] || [ "$(stat -c %s "$file")" -lt "$(sed -n 's/^position: //p' "$1")" ] || sed -n 's/^time: //p' "$1"
}

# A statement belongs to the database that its connection had chosen. One that names this database but had chosen another one, or none, would be left out.
require_all_statements() {
  local i options found
  for i in "${!logs[@]}"; do
    options=("${stop[@]}")
    [ "$i" != 0 ] || options+=("--start-position=$position")
    found=$(left_out <(statements --database="$DATABASE_NAME" "${options[@]}" "${logs[i]}") <(statements "${options[@]}" "${logs[i]}"))
    [ -z "$found" ] ||
      refuse "a statement in ${logs[i]##*/} changes the database '$DATABASE_NAME' from a connection that had chosen another database, or none, and cannot be replayed: $found. Restore to a point in time before it, or make a dump if the database is there."
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
