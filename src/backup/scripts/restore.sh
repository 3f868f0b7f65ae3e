#!/bin/bash
# restore.sh  loads a backup into a database that is being made: an init script, which the image runs once, on an empty volume, before any
# client can connect. When it fails, the half-made database is deleted and the restore starts over.
#
# Environment: BACKUPS, BACKUP (a name, or 'latest'), PRODUCT. `load.sh FOLDER` of the product loads the
# files; `load.sh` alone prints the release that runs here. If the product archives its log, `replay.sh FOLDER RUN` replays that of a run after the
# dump, and choose.sh chooses both, for UNTIL. RESTORED, if given, is a file for the name of the backup, its size, and how long it took.
set -euo pipefail
export LC_ALL=C
scripts=${BASH_SOURCE[0]%/*}

say() { echo "$HOSTNAME: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}

main() {
  local folder here later run=''
  if [ -e "$scripts/replay.sh" ]; then
    choose_with_log
  else
    folder=$(newest_or_named)
  fi
  here=$(bash "$scripts/load.sh")
  [ -e "$folder/BACKUP" ] || refuse "there is no complete backup '$BACKUP' in $BACKUPS: no database is created. There are: $(names | tr '\n' ' ')"
  [ "$(own_fact product)" = "$PRODUCT" ] || refuse "the backup ${folder##*/} is a backup of $(own_fact product): it cannot be restored into $PRODUCT."
  (cd "$folder" && sha256sum -c SHA256SUMS >&2) || refuse "the backup ${folder##*/} is damaged: its checksums differ. Name an earlier one: $(names | grep -vxF "${folder##*/}" | tr '\n' ' ')"
  not_older "$here" "$(own_fact release)" ||
    refuse "the backup ${folder##*/} is from $PRODUCT $(own_fact release): this is $PRODUCT $here, which is older and cannot restore it."
  if [ -n "$run" ]; then later='the log after it follows'; else later='what was written after it is not restored'; fi
  say "restoring the backup ${folder##*/} of $(own_fact database): $later."
  bash "$scripts/load.sh" "$folder" || refuse "the restore failed: see above. It starts over at the next attempt."
  [ -z "$run" ] || bash "$scripts/replay.sh" "$folder" "$BACKUPS/log/$run" || refuse "the log was not replayed: see above. No database is created."
  say "the backup ${folder##*/} is restored, in $SECONDS s."
  [ -z "${RESTORED-}" ] || echo "${folder##*/} $(du -sh "$folder" | cut -f 1) $SECONDS" >"$RESTORED"
}

names() {
  local file
  for file in "$BACKUPS"/*/BACKUP; do
    [ ! -e "$file" ] || [[ $file = *.part/BACKUP ]] || basename "${file%/BACKUP}"
  done | sort # not as the paths sort, where a slash follows the name
}

# choose_with_log  sets `folder`, and `run`, empty to restore the dump alone
choose_with_log() {
  # shellcheck source=choose.sh
  . "$scripts/choose.sh"
  CATALOG=$BACKUPS/catalog # what was fetched is a part of it
  [ -d "$CATALOG" ] || CATALOG=$BACKUPS
  choose || refuse "in $BACKUPS, $reason. No database is created."
  # shellcheck disable=SC2154 # choose sets it
  folder=$BACKUPS/$chosen
}

newest_or_named() {
  local name=$BACKUP
  [ "$name" != latest ] || name=$(names | tail -n 1)
  echo "$BACKUPS/${name:-none}"
}

# own_fact NAME  from the description of the backup
own_fact() { sed -n "s/^$1: //p" "$folder/BACKUP"; }

# not_older RELEASE OTHER  by their first numbers, as releases of one line read each other's dumps
not_older() { [ "$(printf '%s\n' "${1%%[!0-9.]*}" "${2%%[!0-9.]*}" | sort -V | head -n 1)" = "${2%%[!0-9.]*}" ] || [ "${1%%.*}" = "${2%%.*}" ]; }

main
