#!/bin/bash
# load.sh [FOLDER]  puts the snapshot of a backup into the volume, of which the server makes its append-only file when it starts; without a folder
# prints the release that runs here. Environment: PRODUCT (redis or valkey), DATA.
set -euo pipefail
: "${DATA:=/data}"
if [ $# = 0 ]; then
  "$PRODUCT-server" --version | sed -n 's/.* v=\([0-9.]*\).*/\1/p'
  exit
fi
report=$("$PRODUCT-check-rdb" "$1/dump.rdb") || {
  echo "$report" >&2
  exit 1
}
cp "$1/dump.rdb" "$DATA/dump.rdb.part"
sync "$DATA/dump.rdb.part"
mv "$DATA/dump.rdb.part" "$DATA/dump.rdb" # from now on the volume has data
sync "$DATA"
