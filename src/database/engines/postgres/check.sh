#!/bin/bash
# How a restored PostgreSQL server is started, checked and asked. Sourced by verify.sh. Environment: PGDATA, POSTGRES_USER_FILE, POSTGRES_DB.
unset PGHOST PGPORT PGDATABASE PGPASSWORD PGSERVICE
export PGHOST=/var/run/postgresql PGUSER
PGUSER=$(<"$POSTGRES_USER_FILE")

serve() { exec postgres "$@" -c listen_addresses= -c unix_socket_directories="$PGHOST"; }

answers() { pg_isready -q -d postgres; }

# Checksums are verified by reading, the structure of tables and indexes by amcheck. An image without it reads everything at least.
check() {
  if command -v pg_amcheck >/dev/null; then
    say 'checking every table and index with pg_amcheck.'
    pg_amcheck -w --all --install-missing --heapallindexed
  else
    say 'the image has no pg_amcheck: reading every table.'
    pg_dumpall -w >/dev/null
  fi
}

ask() { psql -XAtqw -v ON_ERROR_STOP=1 -d "$POSTGRES_DB" -f "$1"; }
