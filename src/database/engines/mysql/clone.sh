#!/bin/bash
# clone.sh FOLDER  copies all data of the server to FOLDER by its clone plugin, and proves that a server starts on the copy and reads all of it. Prints the
# release of the server, then facts for whoever restores: its identifier, and a time by its clock at which the copy had ended.
#
# Only a server can receive a copy: one that is made for that, without a network, and deleted with its own data. It needs the settings of the other one
# on which the format of the data depends, and its plugins, so it asks for them. The image has no tar: `data` is the contents of all files, one after the
# other, in the order of the list `files`, which has the size and the name of each, and '-' as the size of a folder.
#
# Environment: HOSTS (the server), PORT, PASSWORD_FILE, SERVER, CLIENT (the programs), DATABASE_NAME, STATE (a folder in memory).
set -euo pipefail
export LC_ALL=C
folder=$1
scripts=${BASH_SOURCE[0]%/*}
: "${STATE:=/tmp}"
account=stateful_clone # start-with-clone.sh makes it
options=$STATE/clone.cnf
socket=$STATE/clone.sock
own=$folder/own copy=$folder/copy temporary=$folder/temporary
running=''
trap '[ -z "$running" ] || { kill -KILL "$running"; wait "$running"; } 2>/dev/null || :; rm -f "$options"' EXIT
trap 'exit 143' TERM INT

say() { echo "$*" >&2; }
refuse() {
  say "$*"
  exit 1
}
# shellcheck source=check.sh
. "$scripts/check.sh" # its function check
unset MYSQL_PWD
# sql  asks the server that runs here
sql() { "$CLIENT" --no-defaults "--socket=$socket" -u root -N -B "$@"; }
# ask STATEMENT  of the server that is copied
ask() { "$CLIENT" "--defaults-file=$options" --get-server-public-key --connect-timeout=10 -N -B --raw -e "$1"; }

main() {
  local settings plugins system answer
  password=$(<"$PASSWORD_FILE")
  write_options
  system=$(ask 'select @@server_uuid') ||
    refuse "$HOSTS does not accept the account $account, or does not answer. The server creates this account when it starts: after a change of the password, restart it."
  require_release
  require_plugin
  # Not from the manifests: persisted settings and installed plugins count, too.
  answer=$(ask "$SETTINGS")
  mapfile -t settings <<<"$answer"
  answer=$(ask "$PLUGINS")
  mapfile -t plugins <<<"$answer"
  mkdir "$temporary"
  receive
  answer=$(ask "select version(); select concat('system: ', @@server_uuid); select date_format(utc_timestamp(6), 'ends: %Y-%m-%dT%H:%i:%s.%fZ')")
  grep -qxF "system: $system" <<<"$answer" || refuse "$HOSTS was replaced by another database during the copy."
  prove
  pack
  rm -rf "$temporary"
  echo "$answer"
}

# quoted TEXT  as option files read it
quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}
write_options() {
  (umask 077 && printf '[client]\nhost=%s\nport=%s\nuser=%s\npassword=%s\n' "$HOSTS" "$PORT" "$account" "$(quoted "$password")" >"$options")
}

SETTINGS="select concat_ws(char(10), concat('--innodb-page-size=', @@innodb_page_size), concat('--innodb-data-file-path=', @@innodb_data_file_path),
  concat('--lower-case-table-names=', @@lower_case_table_names), concat('--character-set-server=', @@character_set_server),
  concat('--collation-server=', @@collation_server), concat('--character-set-filesystem=', @@character_set_filesystem))"

PLUGINS="select concat('--plugin-load-add=', plugin_name, '=', plugin_library) from information_schema.plugins
  where plugin_status = 'ACTIVE' and plugin_library is not null"

# line_of RELEASE
line_of() { sed -E 's/^([0-9]+\.[0-9]+).*/\1/' <<<"$1"; }

require_release() {
  local here there
  here=$("$SERVER" --version | sed 's/.*Ver //; s/ .*//')
  there=$(ask 'select version()')
  [ "$(line_of "$here")" = "$(line_of "$there")" ] ||
    refuse "$HOSTS runs MySQL $there, but this Job runs $here: a copy needs the same release line. Make a backup when the upgrade of the server is complete."
}

require_plugin() {
  [ "$(ask "select count(*) from information_schema.plugins where plugin_name = 'clone' and plugin_status = 'ACTIVE'")" = 1 ] ||
    refuse "$HOSTS has no clone plugin: its log says why. The first start after an upgrade to another release line loads no plugins: restart the server once more."
}

COMMON=("--socket=$socket" "--pid-file=$STATE/clone.pid" "--tmpdir=$temporary" --skip-networking --skip-log-bin --mysqlx=OFF --secure-file-priv=NULL
  --performance-schema=OFF --innodb-redo-log-capacity=32M --loose-innodb-numa-interleave=OFF --log-error-verbosity=1
  # A copy gets no keys: each server makes its own.
  --loose-auto-generate-certs=OFF --loose-sha256-password-auto-generate-rsa-keys=OFF --loose-caching-sha2-password-auto-generate-rsa-keys=OFF)
[ "$(id -u)" != 0 ] || COMMON+=(--user=root)

# start DATA OPTION...  a server, and waits until it answers
start() {
  "$SERVER" --no-defaults "${COMMON[@]}" "--datadir=$1" "${settings[@]}" "${plugins[@]}" "${@:2}" >&2 &
  running=$!
  until sql -e 'do 0' 2>/dev/null; do
    kill -0 "$running" 2>/dev/null || return 1
    sleep 1
  done
}

literal() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\\\'}"
}

receive() {
  "$SERVER" --no-defaults "${COMMON[@]}" "--datadir=$own" "${settings[@]}" --initialize-insecure >&2 || refuse 'the server that receives the copy could not be initialized: see above.'
  start "$own" || refuse 'the server that receives the copy does not start: see above.'
  say "copying $HOSTS."
  sql <<SQL || refuse "the copy of $HOSTS failed: see above."
set global clone_max_concurrency = 4;
set global clone_valid_donor_list = '$HOSTS:$PORT';
clone instance from '$account'@'$HOSTS':$PORT identified by $(literal "$password") data directory = $(literal "$copy");
SQL
  { kill -KILL "$running" && wait "$running"; } 2>/dev/null || :
  running=''
  rm -rf "$own"
}

# A clone has the rows of InnoDB only, and leaves the tables of other engines empty. The keys of encrypted tables, and files elsewhere, are not in it.
NOT_COPIED="
select concat(table_schema, '.', table_name, ' has the engine ', engine) from information_schema.tables
where engine not in ('InnoDB', 'MEMORY', 'BLACKHOLE', 'FEDERATED') and table_schema not in ('mysql', 'information_schema', 'performance_schema', 'sys')
union all select concat(name, ' is encrypted') from information_schema.innodb_tablespaces where encryption = 'Y'
union all select concat(path, ' is not in the folder of the data') from information_schema.innodb_datafiles where path like '/%'"

prove() {
  local others
  say 'starting a server on the copy.'
  start "$copy" --skip-grant-tables --event-scheduler=OFF || refuse 'no server starts on the copy: see above.'
  others=$(sql --raw -e "$NOT_COPIED") || refuse 'the copy cannot be read: see above.'
  [ -z "$others" ] || refuse "a physical backup cannot contain all data of this server: $(head -n 5 <<<"$others" | paste -s -d ';' | sed 's/;/; /g'). Use the engine InnoDB for all tables, or dumps."
  sql "$DATABASE_NAME" -e 'do 0' || refuse "the server has no database '$DATABASE_NAME'."
  check || refuse 'the copy is damaged: see above.'
  kill "$running"
  wait "$running" || refuse 'the server did not shut down cleanly on the copy.'
  running=''
  rm -rf "$copy/auto.cnf" "$copy/#clone" # the identifier of the server that ran here, and how the copy came about
}

pack() {
  local file=$folder/data.gz pipe=$STATE/clone.pipe sum=$STATE/clone.sum summing
  local pack=(gzip --fast) unpack=(gzip -dc)
  if command -v zstd >/dev/null; then file=$folder/data.zst pack=(zstd -q -c) unpack=(zstd -q -dc); fi
  say "packing $(du -sh "$copy" | cut -f 1)."
  find "$copy" -mindepth 1 \( -type d -printf '- %P\n' -o -type f -printf '%s %P\n' \) | sort -k 2 >"$folder/files"
  rm -f "$pipe"
  mkfifo "$pipe"
  sha256sum <"$pipe" >"$sum" &
  summing=$!
  (cd "$copy" && sed -n 's/^[0-9][0-9]* //p' "$folder/files" | tr '\n' '\0' | xargs -0 cat --) | tee "$pipe" | "${pack[@]}" >"$file"
  wait "$summing"
  [ "$("${unpack[@]}" "$file" | sha256sum)" = "$(<"$sum")" ] || refuse 'the packed data differs from the copy.'
  rm -rf "$copy" "$pipe" "$sum"
}

main
