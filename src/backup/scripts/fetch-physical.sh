#!/bin/sh
# fetch-physical.sh  brings a physical backup, or a dump that the log continues, and the log after it, from the object store to BACKUPS, for the member of
# ordinal 0 whose data is not there yet. It runs in the BusyBox shell of rclone's image.
#
# Environment: BACKUPS, TARGET (remote:path of the database), BACKUP, UNTIL, METHOD (see choose.sh), DATA (a file or folder that is there when the data is),
# UNFINISHED (a file that is there while the data is half-made, if the product has one).
set -eu
export LC_ALL=C
CATALOG=$BACKUPS/catalog

pod=$(hostname)
say() { echo "$pod: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}
# shellcheck source=choose.sh
. "${0%/*}/choose.sh"
# shellcheck source=store.sh
. "${0%/*}/store.sh"

[ "${pod##*-}" = 0 ] || exit 0 # the others copy the primary
[ ! -e "$DATA" ] || [ -e "${UNFINISHED-}" ] || exit 0

mkdir -p "$BACKUPS"
rm -rf "${BACKUPS:?}"/*
descriptions "$TARGET" ||
  refuse "cannot read $TARGET: nothing is restored, and no empty database is created. See above for rclone's reason."
choose || refuse "in $TARGET, $reason. Nothing is restored, and no empty database is created."

for link in $(chain "$chosen"); do
  say "fetching the backup $link from $TARGET."
  rclone copy "$TARGET/$copies$link" "$BACKUPS/$copies$link" --stats 30s --stats-one-line -v ||
    refuse "the download failed, and is retried. See above for rclone's reason."
done
[ -n "$run" ] || exit 0

# What the backup brings itself is left out. Only names of the same form compare.
list=$(rclone lsf "$TARGET/log/$run" --files-only) || refuse "cannot list $TARGET/log/$run: this is retried. See above for rclone's reason."
echo "$list" | awk -v first="$(fact "$CATALOG/$copies$chosen/BACKUP" log-to)" '
  { file = $0; sub(/\.gz$/, "", file); sub(/\.partial$/, "", file) }
  index(file, "0-") == 1 || length(file) != length(first) || (file "") >= (first "") { print }
' >"$CATALOG/files"
say "fetching $(wc -l <"$CATALOG/files") files of the log."
rclone copy "$TARGET/log/$run" "$BACKUPS/log/$run" --files-from "$CATALOG/files" --stats 30s --stats-one-line -v ||
  refuse "the download failed, and is retried. See above for rclone's reason."
for file in "$BACKUPS/log/$run"/*.gz; do
  [ ! -e "$file" ] || gunzip "$file" || refuse "$file is damaged: it cannot be unpacked."
done
