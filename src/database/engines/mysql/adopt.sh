# shellcheck shell=bash
# How the data of a physical backup or of a snapshot become those of a new set. Sourced by restore-clone.sh, restore-copy.sh and restore-snapshot.sh, which have
# `refuse`, and `origin`, such as 'the backup 2026-11-24T10-00-00Z'.
#
# Environment: SERVER, CLIENT (the programs), DATABASE_NAME, USERNAME_FILE, PASSWORD_FILE, SOCKET.
: "${SOCKET:=/var/run/mysqld/mysqld.sock}" # that both images configure: what is compiled into the client differs
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_USER MYSQL_PWD # of another database, by a grant
running=''
trap 'exit 143' TERM
trap '[ -z "$running" ] || kill "$running" 2>/dev/null || :' EXIT

# adopt FOLDER ARGUMENT...  a server with these arguments, which no client reaches, starts on the data in FOLDER, gives the users root and that of the Secret its
# password, and stops
adopt() {
  local password username
  username=$(<"$USERNAME_FILE")
  password=$(cat "$PASSWORD_FILE") || password=''
  [ -n "$password" ] || refuse "there is no password in $PASSWORD_FILE: root and the user '$username' would have none. Give the Secret a password under this key, then delete the Pod."
  start "$@"
  # shellcheck disable=SC2154 # of the script that sources this
  sql "$DATABASE_NAME" -e 'do 0' || refuse "$origin has no database '$DATABASE_NAME'. Give the new database the 'databaseName' of the original."
  adoption | sql || refuse "the password of the Secret could not be set: see above."
  MYSQL_PWD=$password sql -e 'do 0' || refuse "the password of the Secret was not set: see above."
  kill "$running"
  wait "$running" || refuse "the server did not shut down cleanly after the restore: the restore starts over."
  running=''
}

# start FOLDER ARGUMENT...  a server that takes every password, and waits until it answers
start() {
  "$SERVER" "${@:2}" "--datadir=$1" --skip-networking --skip-grant-tables --event-scheduler=OFF &
  running=$!
  until sql -e 'do 0' 2>/dev/null; do
    kill -0 "$running" 2>/dev/null || refuse "the server does not start on $origin: see above."
    sleep 1 & wait "$!"
  done
}

sql() { "$CLIENT" --no-defaults "--socket=$SOCKET" -u root "$@"; }

literal() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\\\'}"
}

# As the images make both users. Accounts with the password of another Secret go: a server that needs them makes them when it starts.
adoption() {
  local quoted user
  quoted=$(literal "$password")
  user=$(literal "$username")
  cat <<SQL
set session sql_mode = '';
set session sql_log_bin = 0;
flush privileges;
drop user if exists 'stateful_clone'@'%', 'stateful_copy'@'%', 'stateful_log'@'%', 'stateful_dump'@'%';
create user if not exists root@localhost identified by $quoted;
alter user root@localhost identified by $quoted;
grant all on *.* to root@localhost with grant option;
create user if not exists $user@'%' identified by $quoted;
alter user $user@'%' identified by $quoted;
grant all on \`${DATABASE_NAME//_/\\_}\`.* to $user@'%';
SQL
}
