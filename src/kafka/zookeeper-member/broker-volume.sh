#!/bin/bash
# What is on the volume of a broker whose cluster is in ZooKeeper. Sourced, after volume.sh.

# cluster_of_volume  prints the id of the cluster whose data the volume has, nothing for an empty volume; refuses all but the data of
# this broker
cluster_of_volume() {
  local cluster
  [ -w "$DATA" ] || refuse "the volume at $DATA cannot be written to. See whether it is mounted read-only, and who owns it: ls -ld $DATA."
  if [ -e "$LOGS/meta.properties" ]; then
    if grep -q '^node\.id=' "$LOGS/meta.properties"; then
      refuse 'the volume was written by a member of a cluster without ZooKeeper, which no broker with ZooKeeper can read. Give this broker the claim that belongs to it, or leave out KafkaMetadata.zookeeper.'
    fi
    require_own broker.id "$NODE_ID" 'Another member wrote it. Each member needs the volume that it had.'
    cluster=$(sed -n 's/^cluster\.id=//p' "$LOGS/meta.properties")
    [ -n "$cluster" ] || refuse "$LOGS/meta.properties has no cluster.id, so it is not known whose data the volume has. Write the line cluster.id=… with the id that ZooKeeper has at $CHROOT/cluster/id, if it is that of this data."
    echo "$cluster"
    return
  fi
  require_nothing_foreign
  [ ! -e "$LOGS" ] || discard_half_begun
}

# Kafka writes meta.properties before anything else.
discard_half_begun() {
  local found
  found=$(find "$LOGS" -mindepth 1 ! -name 'meta.properties.*' ! -name .lock | sort | head -5 | tr '\n' ' ')
  [ -z "$found" ] || refuse "the volume has data, but no $LOGS/meta.properties, which says whose: $found. Restore the file: it has the lines version=0, broker.id=$NODE_ID and cluster.id=…"
  rm -rf "$LOGS"
}
