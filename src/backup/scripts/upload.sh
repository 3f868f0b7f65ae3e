#!/bin/sh
# upload.sh  sends the backup in STAGING to the object store, checks it there, and deletes old ones. It runs in the BusyBox shell of
# rclone's image. An object store cannot rename a folder: a backup is complete there when it has the file BACKUP, which is sent last and
# deleted first.
#
# Environment: STAGING, TARGET (remote:path of the backups of this database), DATABASE, KEEP_COUNT, KEEP_SECONDS, and LOGS (remote:path of its log
# archive), if a log can continue these backups: then files that none of them needs are deleted too.
set -eu
export LC_ALL=C
tmp=${TMPDIR:-/tmp}

say() { echo "$DATABASE: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}
# shellcheck source=retention.sh
. "${0%/*}/retention.sh"
# shellcheck source=store.sh
. "${0%/*}/store.sh"
# shellcheck source=choose.sh
[ -z "${LOGS-}" ] || . "${0%/*}/choose.sh"

main() {
  folder=$(staged)
  [ -n "$folder" ] || refuse "there is no complete backup in $STAGING."
  names=$(earlier) || refuse "cannot list $TARGET: nothing was sent, nothing was deleted. See above for rclone's reason."
  name=$(next_name "${folder##*/}" "$(echo "$names" | tail -n 1)")
  say "sending $(du -sh "$folder" | cut -f 1) to $TARGET/$name."
  rclone copy "$folder" "$TARGET/$name" --exclude /BACKUP --stats 30s --stats-one-line -v ||
    refuse "the upload failed, and earlier backups were left alone. See above for rclone's reason."
  same "$folder" "$TARGET/$name" || refuse "what arrived differs from what was sent, and earlier backups were left alone."
  require_base || refuse "the backup was not completed, and earlier backups were left alone."
  rclone copyto "$folder/BACKUP" "$TARGET/$name/BACKUP" || refuse "the upload could not be completed, and earlier backups were left alone."
  say "backup $name is complete."
  delete_old || refuse "the new backup is complete, but old ones could not be deleted. See above for rclone's reason."
  [ -z "${LOGS-}" ] || delete_old_log || refuse "the new backup is complete, but old log could not be deleted. See above for rclone's reason."
}

# staged  the folder of the backup that the container before this one made
staged() {
  for file in "$STAGING"/*/BACKUP; do
    case $file in
      *.part/BACKUP) ;;
      *) [ ! -e "$file" ] || echo "${file%/BACKUP}" ;;
    esac
  done | tail -n 1
}

# earlier  the names of the complete backups; fails if the store does not answer
earlier() {
  stored || {
    [ $? = 3 ] || return 1
    say "$TARGET is not there yet: this is its first backup."
  }
}

# next_name NAME NEWEST  a name after the newest one, even if the clock went back
next_name() {
  if [ "$(printf '%s\n' "$1" "$2" | sort | tail -n 1)" = "$1" ] && [ "$1" != "$2" ]; then echo "$1"; else echo "$2.1"; fi
}

# An incremental backup is nothing without the one that it builds on, which another Job may have deleted meanwhile.
require_base() {
  base=$(sed -n 's/^since: //p' "$folder/BACKUP")
  [ -n "$base" ] || return 0
  names=$(stored) || return 1
  echo "$names" | grep -qxF "$base" && return
  say "it builds on the backup $base, which is no longer in $TARGET."
  return 1
}

delete_old() {
  if [ -n "${LOGS-}" ]; then
    describe_all || return 1
    outdated >"$tmp/outdated" || return 1
    delete_each 'the old backup' <"$tmp/outdated" || return 1
  else
    { echo "$names"; echo "$name"; } | sed '/^$/d' | superfluous | delete_each 'the old backup' || return 1
  fi
  folders=$(rclone lsf "$TARGET/" --dirs-only --dir-slash=false) && complete=$(stored) && [ -n "$complete" ] || return 1
  echo "$folders" | grep -vxF "$complete" | abandoned | delete_each 'what an upload that failed left behind:'
}

# delete_each WHAT  the folders on standard input; without the file BACKUP none is complete any more
delete_each() {
  while read -r old; do
    say "deleting $1 $old."
    rclone delete "$TARGET/$old" --include /BACKUP && rclone purge "$TARGET/$old" || return 1
  done
}

# describe_all  brings the descriptions of all backups and runs that are there now
describe_all() {
  CATALOG=$tmp/catalog
  rm -rf "$CATALOG"
  descriptions "${LOGS%/*}"
}

# What no backup needs any more, see choose.sh. The description of a run goes last.
delete_old_log() {
  describe_all || return 1
  [ -d "$CATALOG/log" ] || return 0
  rclone lsf "$LOGS/" --recursive --max-depth 2 --files-only >"$tmp/files" || return 1
  superfluous_log <"$tmp/files" >"$tmp/superfluous"
  for which in -v -e; do
    grep "$which" '/RUN$' "$tmp/superfluous" >"$tmp/delete" || continue
    say "deleting $(wc -l <"$tmp/delete") files of the log archive, which no backup needs any more."
    rclone delete "$LOGS" --files-from "$tmp/delete" || return 1
  done
}

main
