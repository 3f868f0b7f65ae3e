# shellcheck shell=sh
# Which backup a restore begins with, and which run of the log archive it continues with. Sourced by the product's restore.sh, by restore.sh,
# backup.sh, and in the BusyBox shell of rclone's image.
#
# A run is a part of the log without a gap. A backup belongs to the newest run that began before the backup ended: its log is in that run.
# An incremental backup names the one that it builds on, as `since`. It can be restored as long as that one can.
#
# CATALOG is a folder with physical/NAME/BACKUP and log/RUN/RUN: the folder of a database at the destination, or the descriptions from it. METHOD is
# 'dump' where the log continues dumps, which are in CATALOG itself. A file of a run whose name begins with 0- is no log.
if [ "${METHOD-}" = dump ]; then kind=dump copies=''; else kind='physical backup' copies=physical/; fi

# fact FILE NAME  from a description
fact() { sed -n "s/^$2: //p" "$1"; }

# described FOLDER FILE  the names of the folders in FOLDER that have FILE, oldest first
described() {
  for description in "$1"/*/"$2"; do
    description=${description%/*}
    case $description in
      *.part) ;;
      *) [ ! -e "$description/$2" ] || echo "${description##*/}" ;;
    esac
  done | LC_ALL=C sort # not as the paths sort, where a slash follows the name
}

# lineages  a line for each backup that can be restored, oldest first: its name, and those of the backups that it builds on, newest first, which all are older.
# Fails, and prints nothing, if a description cannot be read.
lineages() {
  described "$CATALOG/$copies" BACKUP | awk -v folder="$CATALOG/$copies" '
    {
      since = ""
      description = folder $0 "/BACKUP"
      while ((status = (getline line <description)) > 0) if (sub(/^since: /, "", line)) since = line
      close(description)
      if (status < 0) { print description " cannot be read" >"/dev/stderr"; failed = 1; exit }
      if (since == "" || since in lineage) lines[++count] = lineage[$0] = since == "" ? $0 : $0 " " lineage[since]
    }
    END { for (i = 1; i <= count && !failed; i++) print lines[i]; exit failed }
  '
}

# restorable  the names of the backups that can be restored, oldest first
restorable() {
  whole=$(lineages) && echo "$whole" | sed 's/ .*//'
}

# chain BACKUP  the backup and those that it builds on, newest first; nothing if it cannot be restored
chain() { lineages | awk -v name="$1" '$1 == name' | tr ' ' '\n'; }

# not_after A B  as times of the same form
not_after() { [ "$(printf '%s\n' "$1" "$2" | LC_ALL=C sort | head -n 1)" = "$1" ]; }

# find_run BACKUP  sets `run`, empty if no run has the log of this backup, and `next`, the run after it or after the backup
find_run() {
  run='' next=''
  ended=$(fact "$CATALOG/$copies$1/BACKUP" ends)
  for candidate in $(described "$CATALOG/log" RUN); do
    if not_after "$(fact "$CATALOG/log/$candidate/RUN" begins)" "$ended"; then
      run=$candidate
    else
      next=$candidate
      break
    fi
  done
  if [ -n "$run" ] && [ "$(fact "$CATALOG/log/$run/RUN" system)" != "$(fact "$CATALOG/$copies$1/BACKUP" system)" ]; then run=''; fi
}

# choose  sets `chosen`, the backup to begin with, and `run`, empty to restore the backup alone; or fails with `reason`.
#
# Environment: BACKUP (a name, or 'latest'), UNTIL (a time, or empty).
choose() {
  chosen='' run='' next='' reason=''
  if ! names=$(restorable); then
    reason="the description of a $kind cannot be read: see above. If this persists, move its folder away"
  elif [ -z "$names" ]; then
    reason="there is no complete $kind"
  elif [ -n "$UNTIL" ]; then
    choose_before
  elif [ "$BACKUP" = latest ]; then
    chosen=$(echo "$names" | tail -n 1)
    choose_all_log
  elif echo "$names" | grep -qxF "$BACKUP"; then
    chosen=$BACKUP
  else
    reason="there is no complete $kind '$BACKUP'$(missing_base). There are: $(echo "$names" | tr '\n' ' ')"
  fi
  [ -z "$reason" ]
}

# missing_base  why the incremental backup BACKUP is not complete
missing_base() {
  base=$BACKUP link=''
  while [ -e "$CATALOG/$copies$base/BACKUP" ] && [ "$base" != "$link" ]; do
    link=$base
    base=$(fact "$CATALOG/$copies$link/BACKUP" since)
  done
  [ -z "$link" ] || echo ", as it builds on $base, which is not there"
}

choose_before() {
  for name in $names; do
    ! not_after "$(fact "$CATALOG/$copies$name/BACKUP" ends)" "$UNTIL" || chosen=$name
  done
  if [ -z "$chosen" ]; then
    name=$(echo "$names" | head -n 1)
    reason="no $kind ended before $UNTIL: the oldest one, $name, ended at $(fact "$CATALOG/$copies$name/BACKUP" ends)"
    return
  fi
  find_run "$chosen"
  [ -n "$run" ] || reason="the newest $kind that ended before $UNTIL is $chosen, and the archive does not have the log that follows it. To restore this backup alone, use its name"
}

# All of the log, or none where there is no archive. What is in a later run cannot be reached, and is not left out silently.
choose_all_log() {
  find_run "$chosen"
  if [ -z "$run" ] && [ -n "$next" ]; then
    reason="the archive begins after the newest $kind, $chosen, and what was written in between is not in it. To restore this backup alone, use its name"
  elif [ -n "$next" ]; then
    reason="the archive has a gap after the newest $kind, $chosen: what was written from $(fact "$CATALOG/log/$next/RUN" begins) on cannot be restored from it. Restore to a point in time before, or this backup alone by its name"
  fi
}

# superfluous_log  of the paths RUN/FILE on standard input, prints those that no complete backup needs, for the oldest one whose log is in the archive
superfluous_log() {
  for name in $(restorable); do
    find_run "$name"
    [ -z "$run" ] || break
  done
  [ -n "${run-}" ] || return 0
  # Only names of the same form compare. A run loses its description last.
  LC_ALL=C sort | awk -F / -v run="$run" -v first="$(fact "$CATALOG/$copies$name/BACKUP" log-from)" '
    { file = $2; sub(/\.gz$/, "", file); sub(/\.partial$/, "", file) }
    ($1 "") < (run "") || (($1 "") == (run "") && index(file, "0-") != 1 && length(file) == length(first) && (file "") < (first "")) { print }
  '
}
