# shellcheck shell=bash
# How the server is queried by the account that copies it, which start-for-copies.sh makes. Sourced by copy.sh and serving.sh. Environment: HOSTS, PORT, PASSWORD_FILE.
# shellcheck disable=SC2153
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_PWD
options=$(mktemp)
trap 'rm -f "$options"' EXIT

# quoted TEXT  as option files read it
quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}
printf '[client]\nprotocol=tcp\nhost=%s\nport=%s\nuser=stateful_copy\npassword=%s\n' "$HOSTS" "$PORT" "$(quoted "$(<"$PASSWORD_FILE")")" >"$options"

query() { timeout 20 mariadb --defaults-file="$options" --skip-ssl --connect-timeout=10 -N -B -e "$1"; }
