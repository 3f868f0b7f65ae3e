#!/bin/sh
# upload.sh  sends the backup in STAGING to the object store, checks it there, and deletes old ones. It runs in the BusyBox shell of
# rclone's image. An object store cannot rename a folder: a backup is complete there when it has the file BACKUP, which is sent last and
# deleted first.
#
# Environment: STAGING, TARGET (remote:path of this database), DATABASE, KEEP_COUNT, KEEP_SECONDS, CHECK (the command of rclone that compares).
set -eu
export LC_ALL=C

say() { echo "$DATABASE: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}
# shellcheck source=retention.sh
. "${0%/*}/retention.sh"

main() {
  folder=$(staged)
  [ -n "$folder" ] || refuse "there is no complete backup in $STAGING."
  names=$(backups) || refuse "cannot list $TARGET: nothing was sent, nothing was deleted. See above for rclone's reason."
  name=$(next_name "${folder##*/}" "$(echo "$names" | tail -n 1)")
  say "sending $(du -sh "$folder" | cut -f 1) to $TARGET/$name."
  rclone copy "$folder" "$TARGET/$name" --exclude /BACKUP --stats 30s --stats-one-line -v ||
    refuse "the upload failed, and earlier backups were left alone. See above for rclone's reason."
  rclone "$CHECK" "$folder" "$TARGET/$name" --exclude /BACKUP --one-way ||
    refuse "what arrived differs from what was sent, and earlier backups were left alone."
  rclone copyto "$folder/BACKUP" "$TARGET/$name/BACKUP" || refuse "the upload could not be completed, and earlier backups were left alone."
  say "backup $name is complete."
  delete_old
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

# backups  the names of the complete backups, oldest first; fails if the store does not answer
backups() {
  list=$(rclone lsf "$TARGET" --recursive --max-depth 2 --files-only --include '/*/BACKUP') || {
    [ $? = 3 ] || return 1 # 3: the folder is not there yet
    list=''
  }
  echo "$list" | sed -n 's|/BACKUP$||p' | sort
}

# next_name NAME NEWEST  a name after the newest one, even if the clock went back
next_name() {
  if [ "$(printf '%s\n' "$1" "$2" | sort | tail -n 1)" = "$1" ] && [ "$1" != "$2" ]; then echo "$1"; else echo "$2.1"; fi
}

delete_old() {
  { echo "$names"; echo "$name"; } | sed '/^$/d' | superfluous | while read -r old; do
    say "deleting the old backup $old."
    rclone deletefile "$TARGET/$old/BACKUP" # from now on it is not complete
    rclone purge "$TARGET/$old"
  done
}

main
