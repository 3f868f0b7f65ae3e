#!/bin/bash
# dump.sh FOLDER  writes a snapshot of the database to FOLDER, and prints the release of the server.
#
# Environment: HOSTS (the servers, best first), PORT, PRODUCT (redis or valkey), PASSWORD_FILE, FROM: `replica`, where only replicas may be read.
# Sentinels take whoever copies the master for a replica, and remember it.
set -euo pipefail
folder=$1
REDISCLI_AUTH=$(<"$PASSWORD_FILE")
export REDISCLI_AUTH

say() { echo "$*" >&2; }

# ask COMMAND...  what $host answers; nothing if it does not
ask() { timeout 5 "$PRODUCT-cli" -h "$host" -p "$PORT" "$@" </dev/null 2>/dev/null | tr -d '\r' || :; }
field() { sed -n "s/^$1://p"; }

readable_host() {
  local host state role
  for host in $HOSTS; do
    state=$(ask info replication)
    role=$(field role <<<"$state")
    if [ "$role" = slave ] && [ "$(field master_link_status <<<"$state")" = up ]; then
      say "reading from $host, a replica."
    elif [ "$role" = master ] && [ "$FROM" != replica ]; then
      say "reading from $host."
    else
      case $role in
        master) say "$host is the master: trying the next one." ;;
        slave) say "$host is a replica that does not follow its master: trying the next one." ;;
        *) say "$host does not answer, or refuses the password: trying the next one." ;;
      esac
      continue
    fi
    echo "$host"
    return 0
  done
  say "no ${FROM} can be read: $HOSTS."
  return 1
}

host=$(readable_host)
"$PRODUCT-cli" -h "$host" -p "$PORT" --rdb "$folder/dump.rdb" >&2
report=$("$PRODUCT-check-rdb" "$folder/dump.rdb") || {
  say "$report"
  say 'what arrived is not a complete snapshot.'
  exit 1
}
ask info server | field "${PRODUCT}_version"
