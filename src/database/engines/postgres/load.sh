#!/bin/bash
# load.sh [FOLDER]  loads what dump.sh wrote, over the socket of the server that makes the database; without a folder prints the release
# that runs here. Environment: USERNAME_FILE, POSTGRES_DB.
set -euo pipefail
if [ $# = 0 ]; then
  postgres --version | sed 's/.*) //; s/ .*//'
  exit
fi
folder=$1
unset PGHOST PGPORT PGDATABASE PGPASSWORD PGSERVICE
export PGUSER
PGUSER=$(<"$USERNAME_FILE") # the entrypoint unsets POSTGRES_USER_FILE

say() { echo "$HOSTNAME: $*" >&2; }

# dumped_name FILE  the name of the database in a dump
dumped_name() { pg_restore --list "$1" | sed -n 's/^; *dbname: //p'; }

# The account of this database exists already, and its password is that of the Secret here, not the one in the backup.
own_role=$(psql -XAtqw -d postgres -v name="$PGUSER" <<<'select quote_ident(:'"'name'"')')
gzip -dc "$folder/roles.sql.gz" | awk -v own="$own_role" '
  index($0, "CREATE ROLE " own ";") == 1 || index($0, "ALTER ROLE " own " ") == 1 { next }
  { print }
' | psql -Xqw -v ON_ERROR_STOP=1 -d postgres -o /dev/null

found=
for dump in "$folder"/*.dump; do
  name=$(dumped_name "$dump")
  [ "$name" != "$POSTGRES_DB" ] || found=yes
  say "loading the database '$name'."
  # From template1, since `postgres` itself is replaced too.
  pg_restore -w --clean --if-exists --create --exit-on-error -d template1 "$dump"
done
if [ -z "$found" ]; then
  say "the backup has no database '$POSTGRES_DB'. Give the new database the 'databaseName' of the one that was backed up."
  exit 1
fi
psql -Xqw -d "dbname=$POSTGRES_DB" -c 'analyze' || say "ANALYZE failed: the statistics will be gathered later."
