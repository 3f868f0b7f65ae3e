# shellcheck shell=bash disable=SC2154 # of the script that sources it
# What an archive of a binary log has, and what replays it needs. Sourced by replay.sh of MySQL and of MariaDB, which have `dump` and `run`, the folders.
#
# Environment: UNTIL (a time, or empty), PASSWORD_FILE.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset MYSQL_HOST MYSQL_TCP_PORT # of another database, by a grant
MYSQL_PWD=$(<"$PASSWORD_FILE")
export MYSQL_PWD

say() { echo "${HOSTNAME-}: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}
# fact NAME  from the description of the dump
fact() { sed -n "s/^$1: //p" "$dump/BACKUP"; }

# find_files  sets `logs`, those from the position of the dump on; they must be there without a gap
find_files() {
  local name file from number last=''
  from=$(fact log-from)
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
  done < <(for file in "$run"/*.*; do
    name=${file##*/}
    case $name in '*.*' | 0-*) ;; *) echo "$name" ;; esac
  done | sort)
  [ ${#logs[@]} != 0 ] || refuse "the archive does not have the log of the dump ${dump##*/}: $from is missing in $run."
}

# require_position  the log must reach the position of the dump
require_position() {
  [ "$(stat -c %s "${logs[0]}")" -ge "$(fact log-position)" ] ||
    refuse "the archive ends before the dump ${dump##*/}: ${logs[0]##*/} does not reach position $(fact log-position). Restore the dump alone by its name."
}

# require_end LAST  refuses a time that the archive does not reach: it has something of that time or a later one, which LAST, the time of its last event,
# says, or the archiver notes that it has everything by then
require_end() {
  local reached='' description=$run/0-reached.partial
  [ -n "$UNTIL" ] || return 0
  [[ $1 < $UNTIL ]] || return 0
  if [ -e "$description" ]; then reached=$(reached_by "$description"); fi
  [[ $reached < $UNTIL ]] || return 0
  refuse "the archive ends before $UNTIL: its last event is from $1${reached:+, and it is complete up to $reached}. Restore to a point in time before that."
}

# reached_by DESCRIPTION  the time in it, if what it was true of is here
reached_by() {
  local file
  file=$run/$(sed -n 's/^file: //p' "$1")
  [ -e "$file" ] || file=$file.partial
  [ ! -e "$file" ] || [ "$(stat -c %s "$file")" -lt "$(sed -n 's/^position: //p' "$1")" ] || sed -n 's/^time: //p' "$1"
}

# not_readable FILE  refuses one that is damaged
not_readable() {
  refuse "the archive is damaged: ${1##*/} cannot be read to its end. Restore to an earlier point in time, if an earlier file contains it, or the dump alone by its name."
}

# other_history WHAT  refuses a log that the dump is not of
other_history() {
  refuse "the archive has the log of another history than the dump ${dump##*/}: $1. Restore the dump alone by its name, or to a point in time before it."
}
