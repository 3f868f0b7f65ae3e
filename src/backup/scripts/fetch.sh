#!/bin/sh
# fetch.sh  brings a backup from the object store to BACKUPS, for the member of ordinal 0 whose data is not there yet. It runs in the
# BusyBox shell of rclone's image.
#
# Environment: BACKUPS, TARGET (remote:path of the database), BACKUP (a name, or 'latest'), DATA (a file or folder that is there when the data is),
# UNFINISHED (a file that is there while the data is half-made, if the product has one).
set -eu
export LC_ALL=C

pod=$(hostname)
say() { echo "$pod: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}

# shellcheck source=store.sh
. "${0%/*}/store.sh"

[ "${pod##*-}" = 0 ] || exit 0 # the others copy the primary
[ ! -e "$DATA" ] || [ -e "${UNFINISHED-}" ] || exit 0

names=$(stored) || [ $? = 3 ] || refuse "cannot list $TARGET: nothing is restored, and no empty database is created. See above for rclone's reason."
[ -n "$names" ] || refuse "there is no complete backup in $TARGET: nothing is restored, and no empty database is created."
name=$BACKUP
[ "$name" != latest ] || name=$(echo "$names" | tail -n 1)
echo "$names" | grep -qxF "$name" || refuse "there is no complete backup '$name' in $TARGET. There are: $(echo "$names" | tr '\n' ' ')"

rm -rf "${BACKUPS:?}"/*
say "fetching the backup $name from $TARGET."
rclone copy "$TARGET/$name" "$BACKUPS/$name" --stats 30s --stats-one-line -v || refuse "the download failed, and is retried. See above for rclone's reason."
