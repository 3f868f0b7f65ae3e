#!/bin/bash
# What is on the volume of a member. Sourced, after member.sh.

# refuse TEXT  ends this member, with a text that “kubectl describe pod” shows too
refuse() {
  say "$1"
  echo "$1" 2>/dev/null >"${TERMINATION_LOG:-/dev/termination-log}" || :
  exit 1
}

# volume_is_empty  true on an empty volume, false on one with the data of this member; refuses all else
volume_is_empty() {
  [ -w "$DATA" ] || refuse "the volume at $DATA cannot be written to. See whether it is mounted read-only, and who owns it: ls -ld $DATA."
  if [ -e "$LOGS/meta.properties" ]; then
    require_own cluster.id "$CLUSTER_ID" "If it is this cluster, whose chart was given a namespace, or to take the data over, set 'clusterId' to the one of the volume. Otherwise give this member the claim that belongs to it."
    local id=node.id
    if grep -q '^broker\.id=' "$LOGS/meta.properties"; then id=broker.id; fi # written while the metadata was in ZooKeeper
    require_own "$id" "$NODE_ID" 'Another member wrote it. Each member needs the volume that it had.'
    return 1
  fi
  require_nothing_foreign
  [ ! -e "$LOGS" ] || discard_half_made
}

require_own() {
  local found
  found=$(sed -n "s/^$1=//p" "$LOGS/meta.properties")
  [ "$found" = "$2" ] || refuse "the volume has $1 ${found:-(none)}, this member has $2. $3"
}

require_nothing_foreign() {
  local found
  found=$(find "$DATA" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .snapshot ! -name logs | sort | head -5 | tr '\n' ' ')
  [ -z "$found" ] || refuse "the volume holds what no member of this cluster has written: $found. Kafka's data would be in $LOGS, with a file meta.properties. Move the data there, or remove it."
}

# Formatting ends with meta.properties. Before that, nothing but what it writes can be there.
discard_half_made() {
  local found
  found=$(find "$LOGS" -mindepth 1 ! -name bootstrap.checkpoint ! -name __cluster_metadata-0 ! -path '*/__cluster_metadata-0/*.checkpoint*' \
    ! -name 'meta.properties.*' ! -name .lock | sort | head -5 | tr '\n' ' ')
  [ -z "$found" ] || refuse "the volume has data, but no $LOGS/meta.properties, which says whose: $found. Restore the file: it has the lines version=1, cluster.id=…, node.id=… and directory.id=…"
  rm -rf "$LOGS"
}
