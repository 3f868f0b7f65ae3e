#!/bin/bash
# Restores a backup before the first start of a new database, in the member of ordinal 0: with sentinels, only when every sentinel and every
# other server has said that it is new too. A volume that has data, or has lost it, is left alone. Environment: that of member.sh and restore.sh, RESTORE (restore.sh).
set -euo pipefail
: "${FILES:=/etc/cdk8s-stateful/files}"
# shellcheck source-path=SCRIPTDIR source=member.sh
. "$FILES/member.sh"
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "$FILES/volume.sh"
SERVERS_FILE=$MEMBERS_FILE

others_are_empty() {
  local ordinal
  for ((ordinal = 0; ordinal < servers; ordinal++)); do
    [ "$SET-$ordinal" != "$HOSTNAME" ] || continue
    [ "$(ask "$(server_host "$ordinal")")" = "empty $SET-$ordinal" ] || return 1
  done
}

# is_new  returns when all have said that they are new; fails if there is a database
is_new() {
  # shellcheck disable=SC2034 # what `look` says
  local servers sentinels known agreed empty silent master failing down found
  while :; do
    counts
    look "$sentinels"
    mapfile -t found < <(masters "$servers")
    if [ "$known" != 0 ] || [ ${#found[@]} != 0 ]; then return 1; fi
    if [ "$empty" = "$sentinels" ] && others_are_empty; then return 0; fi
    say_each 10 "nothing is restored before it is certain that this database is new: waiting until every sentinel and every other server says that its volume is empty.${silent[*]:+ No answer from ${silent[*]}.} If the database has data already, remove 'restoreFrom'."
    pause "$FOUNDING_PAUSE"
  done
}

trap 'exit 143' TERM
[ "$(own_ordinal)" = 0 ] || exit 0 # the others copy the master
lock_volume "$DATA/.lock"
if has_data || has_lost_data; then exit 0; fi
if [ -n "${SENTINEL_SET-}" ] && ! is_new; then
  say 'this database has a master already: nothing is restored.'
  exit 0
fi
exec bash "$RESTORE"
