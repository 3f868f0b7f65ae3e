#!/bin/sh
# earlier.sh  brings what an incremental backup needs to know of earlier ones from the object store to CATALOG: the descriptions of all, and the manifest of
# the newest, with its checksum. It runs in the BusyBox shell of rclone's image, before backup.sh.
#
# Environment: CATALOG, TARGET (remote:path of the database), DATABASE, MANIFEST (its name).
set -eu
export LC_ALL=C

say() { echo "$DATABASE: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}
# shellcheck source=choose.sh
. "${0%/*}/choose.sh"
# shellcheck source=store.sh
. "${0%/*}/store.sh"

rm -rf "$CATALOG"
mkdir -p "$CATALOG"
descriptions "$TARGET" || {
  [ $? = 3 ] || refuse "cannot read $TARGET: no backup is made. See above for rclone's reason."
  say "$TARGET is not there yet: this is its first backup."
}
newest=$(restorable | tail -n 1)
[ -n "$newest" ] || exit 0
# shellcheck disable=SC2154 # choose.sh sets it
rclone copy "$TARGET/$copies$newest" "$CATALOG/$copies$newest" --include "/$MANIFEST" --include /SHA256SUMS ||
  refuse "cannot read $TARGET/$copies$newest: no backup is made. See above for rclone's reason."
