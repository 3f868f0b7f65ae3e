#!/bin/sh
# Precedes fetch.sh, in the same file, in a cluster: a shard fetches its own file of a backup. Environment: SHARD.
rclone() {
  [ "$1" != copy ] || set -- "$@" --filter "+ /shard-$SHARD.rdb" --filter '- /shard-*.rdb'
  command rclone "$@"
}
