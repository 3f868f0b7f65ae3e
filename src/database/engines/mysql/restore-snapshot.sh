#!/bin/bash
# restore-snapshot.sh [ARGUMENT...]  makes the database of a new set of the copy of a volume that a snapshot has brought. It runs once, before prepare.sh:
# the data is as after a power loss, and a server recovers it; the users root and that of the Secret get its password. A volume without a complete
# database is refused: prepare.sh would make an empty one. The arguments are those of the server.
#
# Environment: that of volume.sh, SNAPSHOT (its name), FILES (the folder of the scripts of a member), SERVER, CLIENT (the programs), DATABASE_NAME,
# USERNAME_FILE, PASSWORD_FILE, SOCKET.
set -euo pipefail
# shellcheck source=volume.sh disable=SC2153
. "$FILES/volume.sh"
: "${SOCKET:=/var/run/mysqld/mysqld.sock}" # that both images configure: what is compiled into the client differs
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_USER MYSQL_PWD # of another database, by a grant
restored=$DATA_PATH/.restored # which snapshot, into which set: it is done
running=''
trap 'exit 143' TERM
trap '[ -z "$running" ] || kill "$running" 2>/dev/null || :' EXIT

refuse_empty() {
  say "this volume has no complete database, but this set is to begin with that of the snapshot $SNAPSHOT: no empty database is made."
  say "If this set is new, it was applied before the claim of the manifests, and Kubernetes made an empty one. Delete both, and apply the manifests again:"
  say "  kubectl delete statefulset ${HOSTNAME%-*} && kubectl delete pvc data-$HOSTNAME"
  say "What the new claim is made from: kubectl get pvc data-$HOSTNAME -o jsonpath={.spec.dataSource}"
  refuse "If this set has its data already, remove 'restoreFrom'."
}

sql() { "$CLIENT" --no-defaults "--socket=$SOCKET" -u root "$@"; }

# start ARGUMENT...  a server that no client reaches, and that takes every password, and waits until it answers
start() {
  "$SERVER" "$@" --skip-networking --skip-grant-tables --event-scheduler=OFF &
  running=$!
  until sql -e 'do 0' 2>/dev/null; do
    kill -0 "$running" 2>/dev/null || refuse "the server does not recover the snapshot $SNAPSHOT: see above."
    sleep 1 & wait "$!"
  done
}

literal() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\\\'}"
}

# As the images make both users.
adoption() {
  local password user
  password=$(literal "$(<"$PASSWORD_FILE")")
  user=$(literal "$(<"$USERNAME_FILE")")
  cat <<SQL
set session sql_mode = '';
set session sql_log_bin = 0;
flush privileges;
create user if not exists root@localhost identified by $password;
alter user root@localhost identified by $password;
grant all on *.* to root@localhost with grant option;
create user if not exists $user@'%' identified by $password;
alter user $user@'%' identified by $password;
grant all on \`${DATABASE_NAME//_/\\_}\`.* to $user@'%';
SQL
}

lock_volume "$lock"
[ "$(cat "$restored" 2>/dev/null)" != "${HOSTNAME%-*} $SNAPSHOT" ] || exit 0
[ ! -e "$marker" ] || { say "the database was not complete when the snapshot was taken."; refuse_empty; }
refuse_foreign "$SERVER"
has_database "$SERVER" || refuse_empty

say "recovering the snapshot $SNAPSHOT as after a power loss."
mkdir -p "$temporary"
start "$@"
sql "$DATABASE_NAME" -e 'do 0' || refuse "the snapshot has no database '$DATABASE_NAME'. Give the new database the 'databaseName' of the one that it was taken of."
adoption | sql || refuse "the password of the Secret could not be set: see above."
MYSQL_PWD=$(<"$PASSWORD_FILE") sql -e 'do 0' || refuse "the password of the Secret was not set: see above."
kill "$running"
wait "$running" || refuse "the server did not stop well after the restore: it begins anew."
running=''
echo "${HOSTNAME%-*} $SNAPSHOT" >"$restored"
sync "$restored"
say "the snapshot $SNAPSHOT is restored, in $SECONDS s."
