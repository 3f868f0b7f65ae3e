#!/bin/bash
# shellcheck disable=SC2154 # what choose.sh and base-backup.sh set
# How a backup copies only what has changed since the newest one. Sourced by base-backup.sh.
#
# The server knows what has changed since a position in its log, but not whether that is the log of the backup: a server whose volume was restored from a snapshot has
# written another log at the same position. So each backup leaves a mark in the database, made from its manifest, in the server that was copied. A server that has
# the mark descends from that one (docs/decisions/0043-a-backup-leaves-a-mark.md).
# shellcheck source=../../../backup/scripts/choose.sh
. "${BASH_SOURCE[0]%/*}/choose.sh"

MARKS=10 # as many backups may fail to be completed, one after the other

# copy_changes  sets `base` and copies what has changed since; or fails, and says why there has to be a full backup. Sets `started`, for `remember`.
copy_changes() {
  local newest length settings marks
  started=$(ask "$HOSTS" 'select extract(epoch from pg_postmaster_start_time())') || refuse "$HOSTS does not answer."
  newest=$(restorable | tail -n 1)
  [ -n "$newest" ] || full 'there is no earlier one' || return
  length=$(chain "$newest" | wc -l)
  [ "$length" -lt "$FULL_EVERY" ] || full "the last full one was $length backups ago" || return
  settings=$(ask "$HOSTS" "select $LOG_SETTINGS") || refuse "$HOSTS does not answer."
  marks=$(marks) || refuse "$HOSTS does not answer."
  [[ $settings = *summarize_wal=on* ]] || full "the server does not record what changes, with $settings" || return
  [[ $settings != *data_checksums=off*wal_log_hints=off* ]] || # see https://www.postgresql.org/message-id/attachment/208202/
    full "the server does not record all that VACUUM changes, with $settings" || return
  has_manifest "$newest" || full "the newest one, $newest, has no manifest, or a damaged one" || return
  grep -qxF "$(mark_of "$(path_of "$newest")")" <<<"$marks" ||
    full "the server does not know the newest one, $newest: it was made without 'fullEvery', or the server was restored or replaced since" || return
  [ "$(fact "$(path_of "$newest")/BACKUP" settings)" = "$settings" ] || # pg_checksums writes all pages, but no log
    full "the newest one, $newest, was made with other settings than $settings" || return
  base=$newest
  say "copying what has changed on $HOSTS since the backup $base."
  copy --incremental "$(path_of "$base")/backup_manifest" || full 'the incremental one failed: see above' || return
}

# full REASON  always fails
full() {
  say "making a full backup, because $1."
  rm -rf "${folder:?}"/*
  return 1
}

path_of() { echo "$CATALOG/physical/$1"; }

# has_manifest BACKUP  whether it is the one that the backup was completed with
has_manifest() { (cd "$(path_of "$1")" && grep ' backup_manifest$' SHA256SUMS | sha256sum -c --status) 2>/dev/null; }

# mark_of FOLDER
mark_of() { sha256sum <"$1/backup_manifest" | cut -c 1-16; }

# marks  those in the database, the newest last
marks() { ask "$HOSTS" "select mark from regexp_split_to_table(current_setting('stateful.backups', true), ' ') as mark where mark ~ '^[0-9a-f]+$'"; }

# remember  leaves the mark of the new backup, which is replicated, and is in every later copy of the database. It does not wait for an archive or a standby. A
# server that was started meanwhile gets none: its volume may have been restored.
remember() {
  local all
  all=$({ marks && mark_of "$folder"; } | tail -n "$MARKS" | tr '\n' ' ') || return
  ask "$HOSTS" "
    set synchronous_commit = local;
    do \$\$ begin
      if extract(epoch from pg_postmaster_start_time()) <> $started then raise 'the server was restarted while it was copied'; end if;
      alter database postgres set stateful.backups = '${all% }';
    end \$\$"
}
