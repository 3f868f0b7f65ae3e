#!/bin/bash
# What is on the volume of a broker whose cluster is in ZooKeeper. Sourced, after volume.sh.

# cluster_of_volume  prints the id of the cluster whose data the volume has, nothing for an empty volume; refuses all but the data of
# this broker
cluster_of_volume() {
  local cluster
  [ -w "$DATA" ] || refuse "the volume at $DATA is not writable. Check whether it is mounted read-only, and who owns it: ls -ld $DATA."
  if [ -e "$LOGS/meta.properties" ]; then
    if grep -q '^node\.id=' "$LOGS/meta.properties"; then
      refuse 'the volume was written by a member of a cluster without ZooKeeper, which a broker with ZooKeeper cannot read. Give this broker its own claim, or remove KafkaMetadata.zookeeper.'
    fi
    require_own broker.id "$NODE_ID" 'Another member wrote it. Give each member its own claim.'
    cluster=$(sed -n 's/^cluster\.id=//p' "$LOGS/meta.properties")
    [ -n "$cluster" ] || refuse "$LOGS/meta.properties has no cluster.id, so it is not known to which cluster the data belongs. If it belongs to the cluster in ZooKeeper, add the line cluster.id=... with the id at $CHROOT/cluster/id."
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
  [ -z "$found" ] || refuse "the volume has data ($found), but no $LOGS/meta.properties, which says to which member it belongs. Restore the file: it has the lines version=0, broker.id=$NODE_ID and cluster.id=..."
  rm -rf "$LOGS"
}
