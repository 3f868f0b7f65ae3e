/**
 * The shell scripts that make and start the members of a PostgreSQL set. They depend on nothing but their
 * environment: PGDATA, PRIMARY_HOST, MEMBERS_HOST, POSTGRES_USER_FILE, POSTGRES_PASSWORD_FILE, POSTGRES_DB, PGPASSFILE, HOSTNAME.
 */

/** Who is granted another database has its variables, which libpq would take for what a connection string leaves open. */
const OWN_CONNECTIONS = 'unset PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD # of another database, by a grant';

/** What both scripts know. */
const COMMON = `#!/bin/bash
set -euo pipefail
${OWN_CONNECTIONS}
ordinal=\${HOSTNAME##*-}
slot=\${HOSTNAME//-/_} # slots have no '-' in their names
user=$(<"$POSTGRES_USER_FILE")

say() { echo "$HOSTNAME: $*" >&2; }

# quoted VALUE  as libpq reads it in a connection string
quoted() {
  local value=\${1//\\\\/\\\\\\\\}
  printf "'%s'" "\${value//\\'/\\\\\\'}"
}

# The password goes into a file that libpq reads, never into a command line or the server's configuration.
write_passfile() {
  local password
  password=$(<"$POSTGRES_PASSWORD_FILE")
  password=\${password//\\\\/\\\\\\\\}
  (umask 077 && printf '*:*:*:*:%s\\n' "\${password//:/\\\\:}" >"$PGPASSFILE")
}

primary="host=$PRIMARY_HOST user=$(quoted "$user") passfile=$PGPASSFILE application_name=$HOSTNAME connect_timeout=5"

# control FIELD  of the data here, as pg_controldata prints it
control() { LC_ALL=C pg_controldata -D "$PGDATA" | sed -n "s/^$1: *//p"; }
`;

/**
 * Makes sure, before the server starts, that PGDATA holds a complete database. Whatever takes long happens in
 * \`$PGDATA.tmp\` and is moved into place at the end: an interrupted first init or clone never looks complete.
 */
export const PREPARE = `${COMMON}
trap 'kill $(jobs -p) 2>/dev/null; exit 1' INT TERM # the first process of a container has no other way to stop

# run COMMAND…  so that the trap above need not wait for it
run() { "$@" & wait $!; }

sql() { psql -XAtqw -v ON_ERROR_STOP=1 -v slot="$slot" -d "$primary dbname=postgres"; }

main() {
  mkdir -p "\${PGDATA%/*}"
  rm -rf "$PGDATA.tmp"
  if [ ! -s "$PGDATA/PG_VERSION" ] && [ -n "$(ls -A "$PGDATA" 2>/dev/null)" ]; then
    say "the folder $PGDATA is neither empty nor a database: leaving it alone. Move it away, then delete this Pod."
    exit 1
  fi
  if [ "$ordinal" = 0 ]; then prepare_primary "$@"; else prepare_standby; fi
}

prepare_primary() {
  if [ -s "$PGDATA/PG_VERSION" ]; then
    refuse_data_of_standby
    return 0
  fi
  refuse_beside_standbys
  # No standby can confirm what the first init writes: it would wait for one for ever.
  run env PGDATA="$PGDATA.tmp" docker-ensure-initdb.sh postgres "$@" -c synchronous_standby_names=
  move_into_place
}

# A volume restored from a snapshot of a standby: the server would wait for a primary for ever, and refuse all writes.
refuse_data_of_standby() {
  [ -e "$PGDATA/standby.signal" ] || return 0
  say "this volume holds the data of a standby, but this member is the primary and follows nobody: leaving it alone."
  say "Restore a snapshot of the volume of a primary. If there is none, promote this copy apart, and load its dump here."
  exit 1
}

# An empty primary beside standbys with data means that its volume was lost, not that this is the first start.
refuse_beside_standbys() {
  local addresses address type rest
  for _ in {1..60}; do # members have addresses before they are ready: this one's own is there soon
    addresses=$(getent ahosts "$MEMBERS_HOST") && break
    run sleep 2
  done
  [ -n "$addresses" ] || {
    say "the name $MEMBERS_HOST has no address, so that this empty primary cannot tell whether standbys have the data: not starting."
    say "Look at the headless Service of this set ('kubectl get endpointslices') and at the DNS of the cluster."
    exit 1
  }
  while read -r address type rest; do
    [ "$type" = STREAM ] || continue
    pg_isready -q -t 3 -h "$address" -U "$user" -d "$POSTGRES_DB" || [ $? = 1 ] || continue # 1: it starts, or has no free connection
    say "this volume is empty, but the standby at $address has the data: not starting an empty primary beside it."
    say "If the volume of the primary is lost: save the data with 'kubectl exec STANDBY -- pg_dumpall -U USER',"
    say "scale the set to 0, delete the claims of all members, scale it up again, and load the data into the new, empty primary."
    exit 1
  done <<<"$addresses"
}

prepare_standby() {
  write_passfile
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    until run pg_isready -q -t 3 -h "$PRIMARY_HOST" -U "$user" -d "$POSTGRES_DB"; do run sleep 2; done
    clone
  elif [ ! -e "$PGDATA/standby.signal" ]; then
    say "this standby was promoted by hand and starts as a server of its own, which does not follow $PRIMARY_HOST."
  else
    follow
  fi
}

# A standby with data starts without the primary too: it serves reads, and follows again when the primary is back.
follow() {
  local primary_id
  primary_id=$(sql <<<"select system_identifier from pg_control_system()") || {
    say "$PRIMARY_HOST does not answer; starting with the data of this volume."
    return 0
  }
  if [ "$primary_id" != "$(control 'Database system identifier')" ]; then
    say "$PRIMARY_HOST is another database than the one this standby was cloned from: leaving this copy alone."
    say "To save its data, start it apart. To clone the new primary, delete the claim of this member with '--wait=false', then its Pod."
    exit 1
  fi
  if [ "$(sql <<<"select wal_status from pg_replication_slots where slot_name = :'slot'")" = lost ]; then
    say "was away for longer than max_slot_wal_keep_size allows: cloning $PRIMARY_HOST anew."
    discard
    clone
  else
    ensure_slot
  fi
}

# Frees the volume, which may not hold twice what the primary has. An interrupted deletion never looks like a database.
discard() {
  mv "$PGDATA" "$PGDATA.tmp"
  rm -rf "$PGDATA.tmp"
}

clone() {
  sql <<<"select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = :'slot' and wal_status = 'lost'" >/dev/null
  ensure_slot
  say "cloning $PRIMARY_HOST"
  run pg_basebackup -d "$primary" -w -D "$PGDATA.tmp" -X stream -S "$slot" -c fast
  touch "$PGDATA.tmp/standby.signal"
  move_into_place
}

# The slot makes the primary keep the log that this standby has not read yet, from now on.
ensure_slot() {
  sql <<<"select pg_create_physical_replication_slot(:'slot', true) where not exists (select from pg_replication_slots where slot_name = :'slot')" >/dev/null
}

move_into_place() {
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  sync "$PGDATA.tmp"
  mv "$PGDATA.tmp" "$PGDATA"
}

main "$@"
`;

/** Starts the server; a standby follows the primary with what its own name and Secret say, not with what a volume says. */
export const SERVE = `${COMMON}
chmod 0700 "$PGDATA" # the server refuses more, which a change of the volume's group may have given
if [ "$ordinal" != 0 ] && [ -e "$PGDATA/standby.signal" ]; then
  write_passfile
  # Replay needs room for all that the primary had room for: its limits may have been lowered since.
  while read -r name field; do
    recorded=$(control "$field setting")
    wanted=$(postgres -C "$name" -D "$PGDATA" "$@")
    [ "$recorded" -le "$wanted" ] || set -- "$@" -c "$name=$recorded"
  done <<'END'
max_connections max_connections
max_worker_processes max_worker_processes
max_wal_senders max_wal_senders
max_prepared_transactions max_prepared_xacts
max_locks_per_transaction max_locks_per_xact
END
  set -- "$@" -c "primary_conninfo=$primary" -c "primary_slot_name=$slot"
fi
exec postgres "$@"
`;

/**
 * Asks the server over the network, where the temporary one of a first init does not listen, without logging in; under
 * the name of a user that exists, else each question fills a line of the log. Exit status 1 says that the server lives
 * but takes no connections yet, as while it recovers.
 */
export const IS_READY = `#!/bin/bash
${OWN_CONNECTIONS}
exec env -u PGPASSFILE pg_isready -q -h 127.0.0.1 -U "$(<"$POSTGRES_USER_FILE")" -d "$POSTGRES_DB"
`;
