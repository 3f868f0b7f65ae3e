#!/bin/bash
# What is in the volume of a member, beside and in PGDATA. Whatever takes long happens in `$PGDATA.tmp` and is moved into
# place at the end: an interrupted first init or clone never looks complete.

# A database beside foreign data would look like a loss of it, and would be one if the data were to be taken over.
refuse_foreign() {
  local entry found=()
  while IFS= read -r entry; do
    case $entry in '' | lost+found | "${PGDATA##*/}" | "${PGDATA##*/}".*) ;; *) found+=("$entry") ;; esac
  done <<<"$(ls -A "${PGDATA%/*}")"
  if [ ${#found[@]} != 0 ]; then
    say "this volume is not empty, and its content was not written by this set: $(printf "'%s' " "${found[@]:0:10}")in ${PGDATA%/*}. Nothing was changed."
    say "To take over a database, load a dump of it into a new set. If you do not need the data, delete it from the volume, then delete this Pod."
    exit 1
  fi
  if [ -n "$(ls -A "$PGDATA" 2>/dev/null)" ]; then
    say "the folder $PGDATA is neither empty nor a database. Nothing was changed. Move it away, then delete this Pod."
    exit 1
  fi
}

# Frees the volume, which may not hold twice what the primary has. An interrupted deletion never looks like a database.
discard() {
  rm -rf "$PGDATA.tmp"
  mv "$PGDATA" "$PGDATA.tmp"
  sync "${PGDATA%/*}"
  rm -rf "$PGDATA.tmp"
}

move_into_place() {
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  sync "$PGDATA.tmp"
  mv "$PGDATA.tmp" "$PGDATA"
  rm -f "$PGDATA.diverged"
  sync "${PGDATA%/*}"
}
