#!/bin/bash
# restore-snapshot.sh  makes the database of a new set of the copy of a volume that a snapshot has brought. It runs once, before prepare.sh: the data is as
# after a power loss, and a server recovers it; the user of the Secret gets its password. A volume without a complete database is refused: prepare.sh
# would make an empty one. Its arguments are those of the server.
#
# Environment: that of member.sh, SNAPSHOT (its name), and FILES (the folder of the scripts of a member).
# shellcheck source=member.sh disable=SC2153
. "$FILES/member.sh"
# shellcheck source=volume.sh
. "$FILES/volume.sh"
restored=$PGDATA.restored # which snapshot, into which set: it is done
trap 'kill -INT $(jobs -p) 2>/dev/null; exit 1' INT TERM

main() {
  mkdir -p "${PGDATA%/*}"
  [ "$ordinal" = 0 ] || return 0 # the others clone the primary
  lock_volume "$PGDATA.lock"
  [ "$(cat "$restored" 2>/dev/null)" != "$set_name $SNAPSHOT" ] || return 0
  initialised || refuse_empty
  [ ! -e "$PGDATA/standby.signal" ] || return 0 # prepare.sh refuses it, and says what to do
  require_release
  require_one_volume
  recover "$@"
  echo "$set_name $SNAPSHOT" >"$restored"
  sync "$restored"
  say "the snapshot $SNAPSHOT is restored, in $SECONDS s."
}

refuse_empty() {
  refuse_foreign
  [ ! -d "$PGDATA.tmp" ] || say "the folder $PGDATA.tmp belongs to a database that was incomplete when the snapshot was taken."
  say "this volume has no database, but this set is to be restored from the snapshot $SNAPSHOT: not creating an empty database."
  say "If this set is new, the StatefulSet was applied before the claim in the manifests, so Kubernetes created an empty claim. Delete both, and apply the manifests again:"
  say "  kubectl delete statefulset $set_name && kubectl delete pvc data-$HOSTNAME"
  say "To see what the new claim is created from: kubectl get pvc data-$HOSTNAME -o jsonpath={.spec.dataSource}"
  refuse "If this set already has its data, remove 'restoreFrom'."
}

require_release() {
  local here there
  here=$(postgres --version | sed 's/.*) //; s/[^0-9].*//')
  there=$(<"$PGDATA/PG_VERSION")
  [ "$there" = "$here" ] || refuse "the snapshot $SNAPSHOT is from PostgreSQL $there: it can only be restored into the same major release, and this is PostgreSQL $here. Nothing was changed."
}

require_one_volume() {
  if [ -z "$(ls -A "$PGDATA/pg_tblspc")" ] && [ ! -L "$PGDATA/pg_wal" ]; then return 0; fi
  refuse "the snapshot $SNAPSHOT is not the whole database: its tablespaces or its log are on other volumes, which the snapshot does not include. Nothing was changed."
}

# recover ARGUMENT...  by a server of one process that no client reaches
recover() {
  local statements
  say "recovering the snapshot $SNAPSHOT as after a power loss."
  chmod 0700 "$PGDATA" # the server refuses more, which a change of the volume's group may have given
  rm -f "$PGDATA/postmaster.pid"
  forget_slots
  statements=$(adoption)
  # Not from a here-document, which may be a file.
  run postgres --single -j -D "$PGDATA" "$@" -c exit_on_error=on -c synchronous_standby_names= -c restore_command=false postgres \
    < <(printf '%s\n\n' "$statements") >/dev/null ||
    refuse "the snapshot $SNAPSHOT was not restored: see above. If a database is missing, set 'databaseName' to that of the original."
}

# forget_slots  of another set, also of its archiver and its clients: nobody reads them here, and they would make the server keep its log
forget_slots() {
  local former
  former=$(cat "$PGDATA/cdk8s-stateful.set" 2>/dev/null) || return 0
  [ "$former" = "$set_name" ] || rm -rf "$PGDATA/pg_replslot/"*
}

# run COMMAND...  so that a trap need not wait for it
run() { "$@" <&0 & wait $!; }

literal() { printf "'%s'" "${1//\'/\'\'}"; }

# The user of the Secret has its password from there, not from the snapshot. Settings of the database must not log it, nor stand in the way. An empty line
# ends a command.
adoption() {
  cat <<SQL
set log_statement = none;
set log_min_duration_statement = -1;
set log_min_error_statement = panic;
set standard_conforming_strings = on;
set default_transaction_read_only = off;

select set_config('adopt.user', $(literal "$user"), false), set_config('adopt.password', $(literal "$(<"$POSTGRES_PASSWORD_FILE")"), false),
  set_config('adopt.database', $(literal "$POSTGRES_DB"), false);

do \$\$ begin
  if not exists (select from pg_database where datname = current_setting('adopt.database')) then
    raise 'the snapshot has no database "%"', current_setting('adopt.database');
  end if;
  if not exists (select from pg_roles where rolname = current_setting('adopt.user')) then
    execute format('create role %I', current_setting('adopt.user'));
  end if;
  execute format('alter role %I superuser login password %L', current_setting('adopt.user'), current_setting('adopt.password'));
end \$\$;
SQL
}

main "$@"
