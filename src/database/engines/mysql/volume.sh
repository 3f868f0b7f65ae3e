#!/bin/bash
# What the volume of a MySQL or MariaDB server holds. Sourced by prepare.sh and start.sh.
# Environment: HOSTNAME, DATA_PATH.

# shellcheck source=../../../kit/founding/lock.sh
. "${BASH_SOURCE%/*}/lock.sh"

: "${DATA_PATH:=/var/lib/mysql}"

# There from before the first init until the data is complete: while it is there, no server has been reachable with this data.
marker=$DATA_PATH/.first-start
lock=$DATA_PATH/.lock
# Temporary files of the server: on the volume, where a large ALTER gets an error instead of the Pod an eviction.
temporary=$DATA_PATH/.tmp

say() { echo "$HOSTNAME: $*" >&2; }

refuse() {
  say "$*"
  exit 1
}

# contents  what is in the volume, by name, but for what file systems and these scripts put there
contents() {
  local path
  (
    shopt -s dotglob nullglob
    for path in "$DATA_PATH"/*; do
      case ${path##*/} in
        lost+found | .snapshot | .nfs* | "${marker##*/}" | "${lock##*/}" | "${temporary##*/}") ;;
        *) echo "${path##*/}" ;;
      esac
    done
  )
}

# has_database SERVER  whether the volume holds a database of this product
has_database() {
  [ -d "$DATA_PATH/mysql" ] || return 1
  case $1 in
    mysqld) [ -f "$DATA_PATH/mysql.ibd" ] ;;
    mariadbd) [ -f "$DATA_PATH/aria_log_control" ] ;;
  esac
}

# refuse_foreign SERVER  ends here if what is in the volume is not for this server
refuse_foreign() {
  local found
  if [ "$1" = mysqld ] && [ -f "$DATA_PATH/aria_log_control" ]; then
    refuse "this volume holds a MariaDB database (aria_log_control), which MySQL would damage. Nothing was changed. Use the engine that created it."
  fi
  if [ "$1" = mariadbd ] && [ -f "$DATA_PATH/mysql.ibd" ]; then
    refuse "this volume holds a MySQL database (mysql.ibd), which MariaDB would damage. Nothing was changed. Use the engine that created it."
  fi
  if has_database "$1"; then
    [ "$1" != mariadbd ] || refuse_newer
    return 0
  fi
  found=$(contents)
  [ -n "$found" ] || return 0
  say "this volume is not empty, but has no complete database at its root: not creating an empty one beside these files:"
  head -n 10 <<<"$found" | sed 's/^/  /' >&2
  if [ -d "$DATA_PATH/data/mysql" ]; then
    refuse "there is a database in the folder 'data', where other images put it. Move its contents to the root of the volume. Nothing was changed."
  fi
  refuse "Move them away, or give this member the right volume. Nothing was changed."
}

# refuse_newer  MariaDB itself starts on the data of a newer release, and may not understand it
refuse_newer() {
  local made own
  [ -r "$DATA_PATH/mariadb_upgrade_info" ] || return 0
  made=$(grep -oE '^[0-9]+\.[0-9]+' "$DATA_PATH/mariadb_upgrade_info") || return 0
  own=$(mariadbd --version | grep -oE '[0-9]+\.[0-9]+\.[0-9]+' | head -n 1) || return 0
  own=${own%.*}
  [ "$made" = "$own" ] || [ "$(printf '%s\n' "$made" "$own" | sort -V | tail -n 1)" = "$own" ] ||
    refuse "this volume was upgraded to MariaDB $made, but this is MariaDB $own: an older server can misread it. Nothing was changed. Use MariaDB $made or later."
}
