#!/bin/bash
# archive.sh  receives the binary log of the server, without end, into LOGS. There it is in runs: a run is a folder of files without a gap, from
# one history of one server. At each connection the newest file of the last run is received again from its beginning: if it does not begin with what
# the run has, or the server does not keep it any more, a new run begins, and the old one stays as it is.
#
# For MySQL and MariaDB: how the product is asked, and sends its log, is in log-client.sh.
#
# Environment: LOGS, SET (the name of the database), HOST, PORT, LOG_ACCOUNT, PASSWORD_FILE, STATE (a folder in memory).
set -euo pipefail
export LC_ALL=C # names sort by their bytes
files=${BASH_SOURCE[0]%/*}

say() { echo "$SET: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}
# shellcheck source=../../../kit/founding/lock.sh
. "$files/lock.sh"
# shellcheck source=../../../backup/scripts/choose.sh
. "$files/choose.sh"
# shellcheck source=../../../backup/scripts/runs.sh
. "$files/runs.sh"
# shellcheck source=log-client.sh
. "$files/log-client.sh"

: "${PAUSE:=5}" # seconds between two looks
: "${PATIENCE:=60}" # seconds without progress after which a connection is given up
# As a replica this connection has an identifier: the server ends an older one that has the same, such as one that was cut off.
SERVER_ID=4294900001
incoming=$LOGS/.incoming
options=$STATE/client.cnf
receiver=''
trap 'stop' INT TERM
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_PWD

stop() {
  [ -z "$receiver" ] || { kill "$receiver" && wait "$receiver"; } 2>/dev/null || :
  exit 0
}
pause() { sleep "$1" & wait "$!"; }

main() {
  local program
  for program in "${PROGRAMS[@]}"; do
    command -v "$program" >/dev/null || refuse "the image of this container does not have the program $program: use an image that has it."
  done
  mkdir -p "$LOGS"
  lock_volume "$LOGS/.lock"
  while :; do
    attend # not as a condition: bash would go on after errors in it
    rm -f "$STATE/receives"
    pause "$PAUSE"
  done
}

attend() {
  local answer system now run='' current=''
  write_options
  answer=$(ask "$IDENTITY; show binary logs") || { complain "$HOST does not answer: $(reason)"; return 0; }
  # The time is asked last: a dump that ends after it has its position in the run.
  now=$(ask "$TIME") || return 0
  read -r system <<<"$answer"
  kept=$(sed 1d <<<"$answer")
  choose_run
  [ -n "$run" ] || return 0
  receive
}

TIME="select date_format(utc_timestamp(6), '%Y-%m-%dT%H:%i:%s.%fZ')"

write_options() {
  local password
  password=$(<"$PASSWORD_FILE")
  password=${password//\\/\\\\}
  (umask 077 && printf '[client]\nuser=%s\npassword="%s"\n' "$LOG_ACCOUNT" "${password//\"/\\\"}" >"$options")
}
ask() { client --connect-timeout=5 -N -B -e "$1" 2>"$STATE/refusal"; }
reason() { tail -n 1 "$STATE/refusal"; }

# newest_of RUN  the name of its newest file, without .partial; nothing if it has none
newest_of() {
  local file
  for file in "$LOGS/$1"/*.*; do
    file=${file##*/}
    case $file in '*.*' | 0-*) ;; *) echo "${file%.partial}" ;; esac
  done | sort | tail -n 1
}

# size_of NAME  what the server has of this file; nothing if it does not keep it
size_of() { awk -F '\t' -v name="$1" '$1 == name { print $2 }' <<<"$kept"; }

# bytes_of FILE
bytes_of() { stat -c %s "$1" 2>/dev/null || echo 0; }

# choose_run  sets `run`: the last one, if the server may continue it, else a new one; and `first`, the file to begin with
choose_run() {
  local last own_id bytes
  last=$(described "$LOGS" RUN | tail -n 1)
  if [ -z "$last" ]; then
    begin_run "$FIRST"
    return 0
  fi
  own_id=$(fact "$LOGS/$last/RUN" system)
  first=$(newest_of "$last")
  [ -n "$first" ] || first=$(fact "$LOGS/$last/RUN" from)
  if [ -e "$LOGS/$last/$first" ]; then bytes=$(bytes_of "$LOGS/$last/$first"); else bytes=$(bytes_of "$LOGS/$last/$first.partial"); fi
  if [ "$own_id" != "$system" ]; then
    begin_run "the server has the $IDENTIFIER $system, but that of the run $last was $own_id"
  elif [ -z "$(size_of "$first")" ]; then
    begin_run "the server no longer has the file $first, with which the run $last ends: this archiver was down for longer than the server keeps its log, or this is another server"
  elif [ "$(size_of "$first")" -lt "$bytes" ] || [ -e "$STATE/diverged" ]; then
    begin_run "the server does not have what the run $last ends with: it is another server, or was restored from an older state"
  else
    run=$last
  fi
}

# begin_run REASON
begin_run() {
  first=$(tail -n 1 <<<"$kept" | cut -f 1)
  [ -n "$first" ] || { complain "$HOST has no binary log."; return 0; }
  new_run "$1" "system: $system" "begins: $now" "from: $first"
  rm -f "$STATE/diverged"
}

room() { df -h "$LOGS" | awk 'NR == 2 { print "Free: " $4 " of " $2 "." }'; }

receive() {
  local said=$SECONDS reached=$SECONDS
  rm -rf "$incoming"
  mkdir "$incoming"
  say "receiving the binary log of $HOST into the run $run, from $first. $(room)"
  receive_log "$first" "$incoming/" &
  receiver=$!
  while kill -0 "$receiver" 2>/dev/null; do
    take_in || break
    if has_all; then
      reached=$SECONDS
      touch "$STATE/receives"
    elif [ $((SECONDS - reached)) -ge "$PATIENCE" ]; then
      say "nothing was received for $PATIENCE s: reconnecting."
      break
    fi
    remind
    pause "$PAUSE"
  done
  kill "$receiver" 2>/dev/null || :
  wait "$receiver" || :
  receiver=''
  [ -e "$STATE/diverged" ] || take_in || :
  say "no longer receiving the log: see above for the reason. $(room)"
}

# take_in  moves what came in to the run, under a name that ends in .partial while the server writes to it: whoever receives it goes on to write to it.
# A file that the run has already takes the place of that only if it begins with the same.
take_in() {
  local file name own
  for file in "$incoming"/*; do
    [ -e "$file" ] || continue
    name=${file##*/}
    own=$LOGS/$run/$name
    [ -e "$own" ] || own=$own.partial
    if [ -e "$own" ]; then
      [ "$(bytes_of "$file")" -ge "$(bytes_of "$own")" ] || return 0 # it has not come as far yet
      if ! same_beginning "$own" "$file"; then
        touch "$STATE/diverged"
        return 1
      fi
    fi
    [ -z "$current" ] || finish "$current"
    mv -T "$file" "$LOGS/$run/$name.partial"
    [ "$own" = "$LOGS/$run/$name.partial" ] || rm -f "$own"
    current=$name
    reached=$SECONDS
  done
}

# same_beginning OWN FILE  whether FILE begins with OWN. Not every image has cmp.
same_beginning() { [ "$(head -c "$(bytes_of "$1")" "$2" | sha256sum)" = "$(sha256sum <"$1")" ]; }

# finish NAME  the server has begun another file
finish() {
  sync "$LOGS/$run/$1.partial"
  mv -T "$LOGS/$run/$1.partial" "$LOGS/$run/$1"
  sync "$LOGS/$run"
}

# has_all  whether the archive has everything that was committed before now; then it says so, for restores to a time at which nobody wrote
has_all() {
  local answer time name position
  [ -n "$current" ] || return 1
  answer=$(ask "$TIME; $STATUS") || return 1
  { read -r time; read -r name position _; } <<<"$answer"
  [ "$name" = "$current" ] && [ "$(bytes_of "$LOGS/$run/$name.partial")" -ge "$position" ] || return 1
  # On a full volume the earlier note stays, as it is still true.
  sync "$LOGS/$run/$current.partial" && printf '%s\n' "time: $time" "file: $name" "position: $position" >"$LOGS/.reached" &&
    mv -T "$LOGS/.reached" "$LOGS/$run/0-reached.partial"
}

main
