#!/bin/bash
# How the tools of a backup log in. Sourced by dump.sh and base-backup.sh. Environment: PORT, USERNAME_FILE, PASSWORD_FILE, HOME or TMPDIR for
# the password file.
export PGCONNECT_TIMEOUT=5 PGAPPNAME=backup PGPASSFILE=${TMPDIR:-/tmp}/.pgpass PGPORT=$PORT PGUSER PGHOST=''
unset PGDATABASE PGSERVICE PGPASSWORD
PGUSER=$(<"$USERNAME_FILE")

say() { echo "$*" >&2; }

write_passfile() {
  local password
  password=$(<"$PASSWORD_FILE")
  password=${password//\\/\\\\}
  (umask 077 && printf '*:*:*:*:%s\n' "${password//:/\\:}" >"$PGPASSFILE")
}

# ask HOST STATEMENT
ask() { psql -XAtqw -v ON_ERROR_STOP=1 -h "$1" -d postgres -c "$2"; }
