#!/bin/sh
# ship.sh  sends the runs of a log archive from LOGS to the object store, without end. It runs in the BusyBox shell of rclone's image.
# A file whose name ends in .partial is still being written: it is sent again and again. A complete one is sent once, checked, and
# deleted here when two newer ones are there, from which the archiver tells whether the primary continues this run.
#
# Environment: LOGS, TARGET (remote:path of this database), DATABASE, EVERY (seconds between two rounds), SHIPPED (a file that is touched when all was sent).
set -eu
export LC_ALL=C
CATALOG=$LOGS/.catalog
tmp=${TMPDIR:-/tmp}

say() { echo "$DATABASE: $*" >&2; }
# shellcheck source=choose.sh
. "${0%/*}/choose.sh"
# shellcheck source=store.sh
. "${0%/*}/store.sh"
trap 'exit 0' INT TERM # the first process of a container has no other way to stop

# What fits into the folder for temporary files, such as the segments of PostgreSQL.
SMALL=67108864

main() {
  while :; do
    if ship; then touch "$SHIPPED"; else say "not all of the log could be sent: it stays here, and is sent in the next round. See above for the reason."; fi
    sleep "$EVERY" &
    wait "$!"
  done
}

ship() {
  newest=$(described "$LOGS" RUN | tail -n 1)
  for run in $(described "$LOGS" RUN); do
    ship_run || return 1
    [ "$run" = "$newest" ] || rm -rf "${LOGS:?}/$run"
  done
  [ -z "$newest" ] || [ ! -e "$LOGS/$newest/.gap" ] || close_gap
}

ship_run() {
  folder=$LOGS/$run
  mkdir -p "$folder/.shipped"
  note_gap || return 1
  ship_once RUN cat || return 1
  for path in "$folder"/*; do
    file=${path##*/}
    case $file in
      RUN | *.partial | *.new) ;;
      *) ship_once "$file" gzip || return 1 ;;
    esac
  done
  forget_complete # before anything is written here again: the volume may be full
  for path in "$folder"/*.partial; do
    [ ! -e "$path" ] || ship_partial "${path##*/}" || return 1
  done
}

# A new volume does not know the runs of an earlier one that the store has. Then the log is missing between them and this run, which no backup belongs to yet.
note_gap() {
  [ ! -e "$folder/.shipped/RUN" ] && [ ! -e "$folder/.gap" ] || return 0
  runs=$(rclone lsf "$TARGET/log/" --dirs-only --contimeout 10s --retries 2 --low-level-retries 4) || [ $? = 3 ] || return 1
  ! echo "$runs" | sed 's|/$||' | grep -vxF "$run" | grep -q . ||
    echo "the volume of the archiver is new, and an earlier archive is in the store" >"$folder/.gap"
}

# ship_once FILE FILTER
ship_once() {
  [ ! -e "$folder/.shipped/$1" ] || return 0
  put "$1" "$2" || return 1
  if [ -e "$folder/.shipped/$1.partial" ]; then
    rclone deletefile "$TARGET/log/$run/$1.partial.gz" || :
    rm -f "$folder/.shipped/$1.partial"
  fi
  touch "$folder/.shipped/$1"
}

ship_partial() {
  # It may get its final name, or be written to, while it is read: the next round sends what is then there.
  if ! sum=$(sha256sum <"$folder/$1"); then
    [ ! -e "$folder/$1" ]
    return
  fi
  [ "$sum" != "$(cat "$folder/.shipped/$1" 2>/dev/null)" ] || return 0
  put "$1" gzip || return 1
  echo "$sum" >"$folder/.shipped/$1"
}

# put FILE FILTER
put() {
  # On a full volume there is no room for what would make some.
  if [ "$(stat -c %s "$folder/$1")" -le "$SMALL" ]; then send=$tmp/send; else send=$LOGS/.send; fi
  rm -rf "$send"
  mkdir "$send"
  name=$1
  [ "$2" = cat ] || name=$1.gz
  "$2" <"$folder/$1" >"$send/$name" || return 1
  rclone copy "$send" "$TARGET/log/$run" || return 1
  same "$send" "$TARGET/log/$run" || return 1
}

forget_complete() {
  for path in "$folder"/.shipped/*; do
    file=${path##*/}
    case $file in
      RUN | *.partial | *.history) ;;
      *) [ ! -e "$folder/$file" ] || echo "$file" ;;
    esac
  done | sort | awk '{ files[NR] = $0 } END { for (i = 1; i <= NR - 2; i++) print files[i] }' | while read -r file; do
    rm -f "$folder/$file" "$folder/.shipped/$file"
  done
}

# The archiver is not ready until a backup belongs to the run that it has begun after a gap.
close_gap() {
  run=$newest
  rm -rf "$CATALOG"
  descriptions "$TARGET" || return 1
  for name in $(restorable); do
    find_run "$name"
    [ "$run" != "$newest" ] || rm -f "$LOGS/$newest/.gap"
  done
}

main
