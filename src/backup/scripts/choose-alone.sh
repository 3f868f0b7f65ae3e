# shellcheck shell=sh disable=SC2034,SC2154 # choose.sh has the rest
# Follows choose.sh, in the same file, where the log continues dumps, so that a physical backup is restored alone. The newest one is refused if the archive goes
# on after it: what was written since would be left out silently. A verification, which has RESTORED, is of the backup itself.
choose_all_log() {
  last=$(described "$CATALOG/log" RUN | tail -n 1)
  [ -n "$last" ] && [ -z "${RESTORED-}" ] || return 0
  ended=$(fact "$CATALOG/$copies$chosen/BACKUP" ends)
  reached=$(archived_until "$CATALOG/log/$last")
  not_after "$reached" "$ended" ||
    reason="the newest physical backup, $chosen, ended at $ended, and the log archive goes on to $reached. It continues dumps, not physical backups: for the newest data, restore the newest dump, by 'latest()' of a backup without 'method'. To restore this backup alone, use its name"
}

# archived_until FOLDER  the time up to which this run is known to have everything
archived_until() {
  if [ -e "$1/0-reached.partial" ]; then
    fact "$1/0-reached.partial" time
  elif [ -e "$1/0-reached.partial.gz" ]; then
    gzip -dc "$1/0-reached.partial.gz" | sed -n 's/^time: //p'
  else
    fact "$1/RUN" begins
  fi
}
