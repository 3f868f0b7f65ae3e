# shellcheck shell=bash disable=SC2154 # of the script that sources it
# Which physical backup becomes the data of a new set, and whether it can. Sourced by restore-clone.sh and restore-copy.sh, which have `refuse`, after choose.sh.
#
# Environment: BACKUPS (the folder of the database that was backed up), BACKUP and UNTIL (see choose.sh), PRODUCT, SERVER. RESTORED, if given, is a file for the name of
# the backup, its size, and how long the restore took.

# find_backup  sets `backup`, the folder of the chosen one, and `origin`
find_backup() {
  CATALOG=$BACKUPS/catalog # what was fetched is a part of it
  [ -d "$CATALOG" ] || CATALOG=$BACKUPS
  choose || refuse "in $BACKUPS, $reason. No database is created."
  backup=$BACKUPS/physical/$chosen
  origin="the backup $chosen"
}

# facts NAME  from the description of the backup
facts() { fact "$backup/BACKUP" "$1"; }

# require_suitable  it must be of this product, and not of a newer release line. The server tells whether it can upgrade the data, and may start on those of a later
# patch release.
require_suitable() {
  local here there
  [ "$(facts product)" = "$PRODUCT" ] || refuse "$origin is a backup of $(facts product), not of $PRODUCT."
  here=$("$SERVER" --version | sed 's/.*Ver //; s/[^0-9.].*//') there=$(facts release)
  [ "$(printf '%s\n' "$(line_of "$here")" "$(line_of "$there")" | sort -V | tail -n 1)" = "$(line_of "$here")" ] ||
    refuse "$origin is from $PRODUCT $there: this is $PRODUCT $here, which is older and cannot read it. Restore it into the same release line or a later one."
}
line_of() { sed -E 's/^([0-9]+\.[0-9]+).*/\1/' <<<"$1"; }

# require_whole  which takes a while
require_whole() {
  (cd "$backup" && sha256sum -c SHA256SUMS >&2) ||
    refuse "$origin is damaged: its checksums differ. Name an earlier one: $(grep -vxF "$chosen" <<<"$names" | tr '\n' ' ')"
}

say_restored() {
  say "$origin is restored, in $SECONDS s."
  [ -z "${RESTORED-}" ] || echo "$chosen $(du -sh "$backup" | cut -f 1) $SECONDS" >"$RESTORED"
}
