# shellcheck shell=sh
# How an object store is asked. Sourced in the BusyBox shell of rclone's image by scripts that have `say`. Environment: TARGET.

# stored  the names of the complete backups, oldest first; fails with rclone's status, 3 if there is no such folder. The slash at the end
# says that it is a folder: rclone would look for a file of that name first, and hide why the store refuses that.
stored() {
  list=$(rclone lsf "$TARGET/" --recursive --max-depth 2 --files-only --include '/*/BACKUP' --contimeout 10s --retries 2 --low-level-retries 4) || return
  echo "$list" | sed -n 's|/BACKUP$||p' | sort
}

# descriptions REMOTE  brings those of the backups and of the runs of the log archive, and up to when these have everything, to CATALOG: see choose.sh
descriptions() {
  # shellcheck disable=SC2154 # choose.sh sets it
  rclone copy "$1/" "$CATALOG" --include "/${copies}*/BACKUP" --include '/log/*/RUN' --include '/log/*/0-reached.partial.gz' --contimeout 10s --retries 2 --low-level-retries 4
}

# same FOLDER REMOTE  whether all files arrived, by their checksums. Where a store has none that rclone can compare, they are read back.
same() {
  set -- "$1" "$2" --exclude /BACKUP --one-way
  encrypting=$(rclone listremotes --type crypt) || return 1
  if echo "$encrypting" | grep -qxF "${TARGET%%:*}:"; then
    rclone cryptcheck "$@"
  else
    report=$(rclone check "$@" 2>&1) || {
      echo "$report" >&2
      return 1
    }
    case $report in
      *'could not be checked'*)
        say "the store has no checksums: reading the backup back to compare it."
        rclone check "$@" --download
        ;;
    esac
  fi
}
