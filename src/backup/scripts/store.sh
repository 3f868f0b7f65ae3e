# shellcheck shell=sh
# How an object store is asked. Sourced by upload.sh and fetch.sh in the BusyBox shell of rclone's image. Environment: TARGET.

# stored  the names of the complete backups, oldest first; fails with rclone's status, 3 if there is no such folder. The slash at the end
# says that it is a folder: rclone would look for a file of that name first, and hide why the store refuses that.
stored() {
  list=$(rclone lsf "$TARGET/" --recursive --max-depth 2 --files-only --include '/*/BACKUP' --contimeout 10s --retries 2 --low-level-retries 4) || return
  echo "$list" | sed -n 's|/BACKUP$||p' | sort
}
