#!/bin/bash
# prepare.sh SERVER [ARGUMENT...]
#
# Makes the database of a new volume, in an init container: no probe cuts it short, and no server is reachable before the
# data is complete. The images' entrypoints take a database that is half made for a finished one, so a volume whose first
# init was interrupted is cleared and made anew.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "$(dirname "$0")/volume.sh"

: "${SHIM_PATH:=/tmp/first-init}"
unset MYSQL_HOST MYSQL_TCP_PORT MYSQL_USER MYSQL_PWD # of another database, by a grant
server=$1

clear_volume() {
  local name
  contents | while IFS= read -r name; do rm -rf "${DATA_PATH:?}/$name"; done
  rm -rf "$temporary"
}

# The entrypoint makes the database and then becomes the server, by `exec` of the arguments that it was given. Found
# before the server, this program ends there instead; all else that the entrypoint asks of the server it passes on.
make_shim() {
  mkdir -p "$SHIM_PATH"
  rm -f "$SHIM_PATH/complete"
  cat >"$SHIM_PATH/$server" <<'SHIM'
#!/bin/bash
[ "$(printf '%q ' "$@")" = "$LAST_ARGUMENTS" ] || exec "$REAL_SERVER" "$@"
echo complete >"$(dirname "$0")/complete"
SHIM
  chmod +x "$SHIM_PATH/$server"
  REAL_SERVER=$(command -v "$server")
  LAST_ARGUMENTS=$(printf '%q ' "${@:2}")
  export REAL_SERVER LAST_ARGUMENTS
}

lock_volume "$lock"
if [ -e "$marker" ]; then
  say "the first init of this volume was interrupted before any server was reachable: starting over."
  clear_volume
else
  refuse_foreign "$server"
  ! has_database "$server" || exit 0
  touch "$marker"
  sync "$marker" "$DATA_PATH" # before anything else is there
fi
mkdir -p "$temporary"

make_shim "$@"
trap 'exit 143' TERM # and all processes of the container end
PATH=$SHIM_PATH:$PATH docker-entrypoint.sh "$@" &
wait "$!" || refuse "the first init failed: see above. It starts over at the next attempt."
[ -e "$SHIM_PATH/complete" ] || refuse "the first init ended early: does an init script call exit? It starts over at the next attempt."
has_database "$server" || refuse "the first init created no database. It starts over at the next attempt."

sync -f "$DATA_PATH"
rm "$marker"
sync "$DATA_PATH"
say "the first init is complete."
