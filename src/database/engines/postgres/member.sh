#!/bin/bash
# What every script of a PostgreSQL member knows. Environment: HOSTNAME, PGDATA, PGPASSFILE, PGSERVICEFILE, PRIMARY_HOST,
# MEMBERS_HOST, POSTGRES_USER_FILE, POSTGRES_PASSWORD_FILE, POSTGRES_DB, STATE (a folder that dies with the Pod).
set -euo pipefail
unset PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGSERVICE # of another database, by a grant: libpq would take them for ours

files=${BASH_SOURCE[0]%/*}
# shellcheck source=../../../kit/founding/founding.sh
. "$files/founding.sh"
# shellcheck source=../../../kit/founding/lock.sh
. "$files/lock.sh"

: "${STATE:=/tmp}"
ordinal=$(own_ordinal)
set_name=${HOSTNAME%-*}
slot=${HOSTNAME//-/_} # slots have no '-' in their names
user=$(<"$POSTGRES_USER_FILE")

refuse() {
  say "$*"
  exit 1
}

# quoted VALUE  as libpq reads it in a connection string
quoted() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\\\'}"
}

# The password goes into a file that libpq reads, never into a command line or the server's configuration. It is written
# anew whenever it is needed, so that it follows the Secret.
write_passfile() {
  local password
  password=$(<"$POSTGRES_PASSWORD_FILE")
  password=${password//\\/\\\\}
  (umask 077 && printf '*:*:*:*:%s\n' "${password//:/\\:}" >"$PGPASSFILE.$$") && mv "$PGPASSFILE.$$" "$PGPASSFILE" # other scripts read and write it now
}

# A walreceiver has no connect_timeout: tcp_user_timeout bounds its connection attempts too, keepalives its silence.
login="user=$(quoted "$user") passfile=$PGPASSFILE application_name=$HOSTNAME connect_timeout=3 tcp_user_timeout=10000 keepalives_idle=5 keepalives_interval=3 keepalives_count=3"

refusals=$STATE/refusal-${0##*/}

# ask_server ADDRESS [PSQL ARGUMENT...]  runs what comes on standard input; the reason of a failure is what `refusal` prints
ask_server() {
  timeout 20 psql -XAtqw -v ON_ERROR_STOP=1 -v slot="$slot" -d "$login dbname=postgres host=$1" "${@:2}" 2>"$refusals"
}

# refusal  why ask_server failed, in one line
refusal() {
  local reason
  reason=$(tr -s '\n\t ' ' ' <"$refusals" | sed 's/^psql: //; s/^error: //; s/ $//')
  echo "${reason:-no answer in time}"
}

# own_server STATEMENT  by the socket, where the file of the server lets everybody in
own_server() { timeout 3 psql -XAtqw -h /var/run/postgresql -U "$user" -d postgres -c "$1" 2>/dev/null; }

# host_of ORDINAL  the DNS name of a member
host_of() { echo "$set_name-$1.$MEMBERS_HOST"; }

# address_of HOST  its first address; fails if it has none
#
# Here and elsewhere no process substitution: what outlives its script becomes a child of the server, which logs its end.
address_of() {
  local address
  address=$(getent ahosts "$1") && echo "${address%%[[:space:]]*}"
}

# control FIELD [FOLDER]  of the data here, as pg_controldata prints it
control() { LC_ALL=C pg_controldata -D "${2-$PGDATA}" | sed -n "s/^$1: *//p"; }

initialised() { [ -s "$PGDATA/PG_VERSION" ]; }
