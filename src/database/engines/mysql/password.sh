# shellcheck shell=bash
# The password of the accounts that a server makes at each start. Sourced by the scripts that start it, of MySQL and of MariaDB.

# read_password FILE  sets `password`, or ends here: accounts without a password would let anyone in
read_password() {
  password=$(cat "$1") || password=''
  [ -z "$password" ] || return 0
  echo "$HOSTNAME: there is no password in $1, so the server does not start: its accounts would have none. Give the Secret a password under this key, then delete the Pod." >&2
  exit 1
}

# quoted TEXT  as a string of SQL, in the mode that the statements begin with
quoted() {
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\'\'}"
}

# digest  of `password`, as MariaDB stores it: no file has the password itself, and nothing in it needs quotes
digest() {
  local once
  once=$(printf '%s' "$password" | sha1sum | cut -c 1-40)
  # shellcheck disable=SC2059 # bytes, not text
  printf "$(fold -w 2 <<<"$once" | sed 's/^/\\x/' | tr -d '\n')" | sha1sum | cut -c 1-40 | tr a-f A-F
}
