#!/bin/bash
# shellcheck disable=SC2154 # what choose.sh and base-backup.sh set
# How a backup copies only what has changed since the newest one. Sourced by base-backup.sh.
#
# The server knows what has changed since a position in its log, but not whether that is the log of the backup: a server whose volume was restored from a snapshot has
# written another log at the same position. So each backup leaves a mark in the database, made from its manifest. A server that has the mark descends from the
# one that was backed up (docs/decisions/0043-a-backup-leaves-a-mark.md).
# shellcheck source=../../../backup/scripts/choose.sh
. "${BASH_SOURCE[0]%/*}/choose.sh"

MARKS=10 # as many backups may fail to be completed, one after the other

# copy_changes  sets `base` and copies what has changed since; or fails, and says why there has to be a full backup
copy_changes() {
  local newest length recording marks
  newest=$(restorable | tail -n 1)
  [ -n "$newest" ] || full 'there is no earlier one' || return
  length=$(chain "$newest" | wc -l)
  [ "$length" -lt "$FULL_EVERY" ] || full "the last full one was $length backups ago" || return
  recording=$(ask "$HOSTS" 'show summarize_wal') || refuse "$HOSTS does not answer."
  marks=$(marks) || refuse "$HOSTS does not answer."
  [ "$recording" = on ] || full "the server does not record what changes: 'summarize_wal' is $recording" || return
  [ -e "$(manifest_of "$newest")" ] || full "the newest one, $newest, has no manifest" || return
  grep -qxF "$(mark_of "$newest")" <<<"$marks" ||
    full "the server does not know the newest one, $newest: it was made without 'fullEvery', or the server was restored or replaced since" || return
  base=$newest
  say "copying what has changed on $HOSTS since the backup $base."
  copy --incremental "$(manifest_of "$base")" || full 'that failed: see above' || return
}

# full REASON  always fails
full() {
  say "making a full backup, because $1."
  rm -rf "${folder:?}"/*
  return 1
}

manifest_of() { echo "$CATALOG/physical/$1/backup_manifest"; }

# mark_of BACKUP
mark_of() { sha256sum <"$(manifest_of "$1")" | cut -c 1-16; }

# marks  those in the database, the newest last
marks() { ask "$HOSTS" "select regexp_split_to_table(current_setting('stateful.backups', true), ' ')"; }

# remember  leaves the mark of the new backup, which is replicated, and is in every later copy of the database. It does not wait for an archive or a standby.
remember() {
  local all
  all=$({ marks && sha256sum <"$folder/backup_manifest" | cut -c 1-16; } | sed '/^$/d' | tail -n "$MARKS" | tr '\n' ' ') || return
  ask "$HOSTS" "set synchronous_commit = local; alter database postgres set stateful.backups = '${all% }'"
}
