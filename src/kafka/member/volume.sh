#!/bin/bash
# What is on the volume of a member. Sourced, after member.sh.

# refuse TEXT  ends this member, with a text that "kubectl describe pod" shows too
refuse() {
  say "$1"
  echo "$1" 2>/dev/null >"${TERMINATION_LOG:-/dev/termination-log}" || :
  exit 1
}

# volume_is_empty  true on an empty volume, false on one with the data of this member; refuses all else
volume_is_empty() {
  [ -w "$DATA" ] || refuse "the volume at $DATA is not writable. Check whether it is mounted read-only, and who owns it: ls -ld $DATA."
  if [ -e "$LOGS/meta.properties" ]; then
    require_own cluster.id "$CLUSTER_ID" "If this is the same cluster, whose chart was given a namespace, or if you want to take over the data, set 'clusterId' to that of the volume. Otherwise, give this member its own claim."
    local id=node.id
    if grep -q '^broker\.id=' "$LOGS/meta.properties"; then id=broker.id; fi # written while the metadata was in ZooKeeper
    require_own "$id" "$NODE_ID" 'Another member wrote it. Give each member its own claim.'
    return 1
  fi
  require_nothing_foreign
  [ ! -e "$LOGS" ] || discard_half_made
}

require_own() {
  local found
  found=$(sed -n "s/^$1=//p" "$LOGS/meta.properties")
  [ "$found" = "$2" ] || refuse "the volume has $1 ${found:-(none)}, but this member has $2. $3"
}

require_nothing_foreign() {
  local found
  found=$(find "$DATA" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name .snapshot ! -name logs | sort | head -5 | tr '\n' ' ')
  [ -z "$found" ] || refuse "the volume contains files that no member of this cluster wrote: $found. Kafka's data belongs in $LOGS, with a file meta.properties. Move the data there, or remove it."
}

# Formatting ends with meta.properties. Before that, nothing but what it writes can be there.
discard_half_made() {
  local found
  found=$(find "$LOGS" -mindepth 1 ! -name bootstrap.checkpoint ! -name __cluster_metadata-0 ! -path '*/__cluster_metadata-0/*.checkpoint*' \
    ! -name 'meta.properties.*' ! -name .lock | sort | head -5 | tr '\n' ' ')
  [ -z "$found" ] || refuse "the volume has data ($found), but no $LOGS/meta.properties, which says to which member it belongs. Restore the file: it has the lines version=1, cluster.id=..., node.id=... and directory.id=..."
  rm -rf "$LOGS"
}
