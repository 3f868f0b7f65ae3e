#!/bin/bash
# restore.sh  loads a backup into a database that is being made: an init script, which the image runs once, on an empty volume, before any
# client can connect. When it fails, the half-made database is thrown away and the restore begins anew.
#
# Environment: BACKUPS, BACKUP (a name, or 'latest'), PRODUCT. `load.sh FOLDER` of the product loads the
# files; `load.sh` alone prints the release that runs here. RESTORED, if given, is a file for the name of the backup, its size, and how long it took.
set -euo pipefail
export LC_ALL=C
scripts=${BASH_SOURCE[0]%/*}

say() { echo "$HOSTNAME: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}

main() {
  local folder here
  folder=$(chosen)
  here=$(bash "$scripts/load.sh")
  [ -e "$folder/BACKUP" ] || refuse "there is no complete backup '$BACKUP' in $BACKUPS: no database is made. There are: $(names | tr '\n' ' ')"
  [ "$(fact product)" = "$PRODUCT" ] || refuse "the backup ${folder##*/} is one of $(fact product): it cannot be restored into $PRODUCT."
  (cd "$folder" && sha256sum -c SHA256SUMS >&2) || refuse "the backup ${folder##*/} is damaged: its checksums differ. Name an earlier one: $(names | grep -vxF "${folder##*/}" | tr '\n' ' ')"
  not_older "$here" "$(fact release)" ||
    refuse "the backup ${folder##*/} is of $PRODUCT $(fact release): $PRODUCT $here, which runs here, is older and cannot restore it."
  say "restoring the backup ${folder##*/} of $(fact database)."
  bash "$scripts/load.sh" "$folder" || refuse "the restore failed: see above. It begins anew at the next try."
  say "the backup ${folder##*/} is restored, in $SECONDS s."
  [ -z "${RESTORED-}" ] || echo "${folder##*/} $(du -sh "$folder" | cut -f 1) $SECONDS" >"$RESTORED"
}

names() {
  local file
  for file in "$BACKUPS"/*/BACKUP; do
    [ ! -e "$file" ] || [[ $file = *.part/BACKUP ]] || basename "${file%/BACKUP}"
  done | sort # not as the paths sort, where a slash follows the name
}

chosen() {
  local name=$BACKUP
  [ "$name" != latest ] || name=$(names | tail -n 1)
  echo "$BACKUPS/${name:-none}"
}

# fact NAME  from the description of the backup
fact() { sed -n "s/^$1: //p" "$folder/BACKUP"; }

# not_older RELEASE OTHER  by their first numbers, as releases of one line read each other's dumps
not_older() { [ "$(printf '%s\n' "${1%%[!0-9.]*}" "${2%%[!0-9.]*}" | sort -V | head -n 1)" = "${2%%[!0-9.]*}" ] || [ "${1%%.*}" = "${2%%.*}" ]; }

main
