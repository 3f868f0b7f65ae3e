#!/bin/bash
# dump.sh FOLDER  writes the roles and every database of the server to FOLDER, and prints the release of the server.
#
# Environment: HOSTS (the members that may be read, best first), PORT, USERNAME_FILE, PASSWORD_FILE, HOME or TMPDIR for the password file.
set -euo pipefail
folder=$1
# shellcheck source=client.sh
. "${BASH_SOURCE[0]%/*}/client.sh"

# A standby that follows nobody serves data that may be old.
readable_host() {
  local host state
  for host in $HOSTS; do
    if ! state=$(ask "$host" "select case when not pg_is_in_recovery() then 'primary' else coalesce((select status from pg_stat_wal_receiver), 'no WAL receiver') end"); then
      say "$host does not answer: trying the next one."
    elif [ "$state" = primary ] || [ "$state" = streaming ]; then
      say "reading from $host ($state)."
      echo "$host"
      return 0
    else
      say "$host is a standby that does not stream ($state): trying the next one."
    fi
  done
  say "none of these members can be read: $HOSTS."
  return 1
}

write_passfile
PGHOST=$(readable_host)
pg_dumpall -w --roles-only | gzip >"$folder/roles.sql.gz"
databases=$(ask "$PGHOST" "select oid from pg_database where datallowconn and not datistemplate order by oid")
for oid in $databases; do
  name=$(ask "$PGHOST" "select datname from pg_database where oid = $oid")
  say "dumping the database '$name'."
  quoted=${name//\\/\\\\}
  pg_dump -w --format custom --file "$folder/$oid.dump" -d "dbname='${quoted//\'/\\\'}'"
  pg_restore --list "$folder/$oid.dump" >/dev/null # it can be read
done
ask "$PGHOST" 'show server_version'
