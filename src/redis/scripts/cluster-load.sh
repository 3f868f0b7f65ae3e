#!/bin/bash
# load.sh [FOLDER]  makes the volume of the first member of a shard of what a backup has of that shard: its append-only file, and a nodes.conf that
# has the slots, without which the server would claim those of its keys only. Without a folder prints the release that runs here.
#
# Environment: that of cluster-member.sh, PRODUCT (redis-cluster or valkey-cluster), RESTORING.
set -euo pipefail
PRODUCT=${PRODUCT%-cluster}
if [ $# = 0 ]; then
  "$PRODUCT-server" --version | sed -n 's/.* v=\([0-9.]*\).*/\1/p'
  exit
fi
: "${FILES:=/etc/cdk8s-stateful/files}"
# shellcheck source-path=SCRIPTDIR source=member.sh
. "$FILES/member.sh"
# shellcheck source-path=SCRIPTDIR source=cluster-member.sh
. "$FILES/cluster-member.sh"
# shellcheck source-path=SCRIPTDIR source=volume.sh
. "$FILES/volume.sh"

folder=$1
file=$folder/shard-$SHARD.rdb
work=$RUN/restore

make_append_only_file() {
  cp "$file" "$DATA/dump.rdb"
  adopt_snapshot
  rm "$DATA/dump.rdb"
}

# make_nodes_conf SLOTS  by a server that has no keys, which nobody else can reach: what is in the file is its business
make_nodes_conf() {
  local socket=$work/slots.sock server range own_slots=''
  "$PRODUCT-server" "$FILES/redis.conf" --dir "$work" --bind 127.0.0.1 --unixsocket "$socket" --appendonly no --protected-mode no &
  server=$!
  tell_it() { "$PRODUCT-cli" -s "$socket" "$@" 2>/dev/null | tr -d '\r'; }
  until [ "$(tell_it ping)" = PONG ]; do
    kill -0 "$server" 2>/dev/null || refuse "cannot make $NODES_CONF: see above."
    pause 0.2
  done
  # An epoch of its own for each master.
  tell_it cluster set-config-epoch $((SHARD + 1)) >/dev/null
  for range in ${1//,/ }; do tell_it cluster addslotsrange "${range%-*}" "${range#*-}" >/dev/null; done
  own "$(tell_it cluster nodes | table)" || :
  tell_it cluster saveconfig >/dev/null
  tell_it shutdown nosave || :
  wait "$server" || :
  [ "$own_slots" = "$1" ] || refuse "cannot make $NODES_CONF: the server took the slots ${own_slots:-none}, and those of the backup are $1."
}

count=$(wc -l <"$folder/SLOTS")
declared=$(shards)
[ "$count" = "$declared" ] ||
  refuse "the backup ${folder##*/} is one of $count shards, and this cluster has $declared: it is restored into as many only. Set 'shards: $count', and change it when the cluster is there. Nothing was changed."
slots=$(awk -v file="${file##*/}" '$1 == file { print $2 }' "$folder/SLOTS")
[ -n "$slots" ] || refuse "the backup ${folder##*/} does not say which slots shard $SHARD has. Nothing was changed."
report=$("$PRODUCT-check-rdb" "$file") || refuse "$report"
digest=$(sha256sum <"$folder/SHA256SUMS")

: >"$RESTORING"
sync "$RESTORING" "$DATA"
rm -rf "$work"
mkdir -p "$work"
make_append_only_file
make_nodes_conf "$slots"
sync -f "$DATA"
set_phase restored "${folder##*/}@${digest:0:12}" "$slots"
rm "$RESTORING"
sync "$DATA"
