#!/bin/bash
# What the scripts of a Redis Cluster share, after member.sh. A member is known by the name of its Pod, CLUSTER-shard-SHARD-ORDINAL, and
# by the id that its server has made up and keeps in nodes.conf: another id under the same name is a server whose volume was lost.
#
# Environment, beside that of member.sh: CLUSTER, SHARD, SUFFIX (what follows the headless Service in names), POD_IP.

: "${SHARDS_FILE:=/etc/cdk8s-stateful/set/shards}"
SLOTS=16384
# shellcheck disable=SC2034 # used by the scripts that source this one
NODES_CONF=$DATA/nodes.conf
# How far this volume has come. No file: new. `founding`: of the member that creates the cluster, which has begun. `forming`: the
# same one, about to take the last slots, with which the cluster begins to serve. `formed`: has been part of a cluster that serves.
# `emptying`, and the slots in lines: a person decided that it takes them.
PHASE=$DATA/.cluster

# The account with which the members of this shard copy each other. A server accepts it once it is part of the shard. A replica connects to an address,
# and does not ask whose it is: an empty server at the address of a lost master, or one of another shard, would replace what the replica has.
# shellcheck disable=SC2034,SC2153
COPIER=stateful-shard-$SHARD
copier_rules() { echo "$(password_hash "$PASSWORD_FILE") resetchannels -@all +psync +sync +replconf +ping"; }

phase() { if [ -s "$PHASE" ]; then cat "$PHASE"; else echo new; fi; }

# set_phase WORD [LINE...]  on disk, before anything that follows from it
set_phase() {
  printf '%s\n' "$@" >"$PHASE.new" && sync "$PHASE.new" && mv "$PHASE.new" "$PHASE" && sync "$DATA"
}

shards() { MEMBERS_FILE=$SHARDS_FILE members; }

host_of() { echo "$1.${1%-*}-headless$SUFFIX"; }
address_of() { getent ahosts "$(host_of "$1")" 2>/dev/null | awk 'NR == 1 { print $1 }' || :; }

# in_background COMMAND...  at most ten at a time, as they share the memory of the server; `finish` waits for the rest. Not by a plain `wait`, as
# the listener never ends.
in_background() {
  [ ${#jobs[@]} -lt 10 ] || finish
  "$@" &
  jobs+=("$!")
}
jobs=()
finish() {
  [ ${#jobs[@]} = 0 ] || wait "${jobs[@]}" || :
  jobs=()
}

# parse_pod POD  its `shard` and `ordinal`; fails if it is none of this cluster
# shellcheck disable=SC2034
parse_pod() {
  [[ $1 =~ ^"$CLUSTER"-shard-(0|[1-9][0-9]*)-(0|[1-9][0-9]*)$ ]] || return 1
  shard=${BASH_REMATCH[1]} ordinal=${BASH_REMATCH[2]}
}

# range_of SHARD SHARDS  its slots in a new cluster
range_of() { echo "$(($1 * SLOTS / $2))-$((($1 + 1) * SLOTS / $2 - 1))"; }

# table  of what CLUSTER NODES prints: `id pod flags master link address slots`, `-` for what there is none of; slots with commas
table() {
  awk 'length($1) == 40 && NF >= 8 {
    count = split($2, names, ","); pod = count > 1 ? names[2] : ""; sub(/\..*/, "", pod)
    address = names[1]; sub(/:[0-9]*@.*/, "", address)
    slots = ""
    for (i = 9; i <= NF; i++) if ($i !~ /^\[/) slots = slots (slots == "" ? "" : ",") $i
    print $1, (pod == "" ? "-" : pod), $3, $4, $8, (address == "" ? "-" : address), (slots == "" ? "-" : slots)
  }'
}

# nodes_of HOST  the table of what it knows; nothing if it does not answer
nodes_of() { tell "$1" "$PORT" cluster nodes | table; }
id_of() { tell "$1" "$PORT" cluster myid | awk 'length($0) == 40'; }

# assigned TABLE  how many slots have an owner
assigned() {
  awk '$7 != "-" { n = split($7, ranges, ","); for (i = 1; i <= n; i++) { m = split(ranges[i], ends, "-"); sum += (m > 1 ? ends[2] - ends[1] : 0) + 1 } } END { print sum + 0 }' <<<"$1"
}

has_flag() { [[ ,$1, == *,$2,* ]]; }

# own TABLE  the line of this member, in `own_id own_flags own_master own_slots`
# shellcheck disable=SC2034
own() {
  local _
  read -r own_id _ own_flags own_master _ _ own_slots < <(awk '$3 ~ /(^|,)myself(,|$)/' <<<"$1") || return 1
}

# seeds  the members that know the cluster: of the first three shards, which there always are, and of this one
# shellcheck disable=SC2153
seeds() {
  local count shard ordinal
  count=$(members) || return 1
  for shard in 0 1 2 $([ "$SHARD" -lt 3 ] || echo "$SHARD"); do
    for ((ordinal = 0; ordinal < count; ordinal++)); do
      [ "$CLUSTER-shard-$shard-$ordinal" = "$HOSTNAME" ] || echo "$CLUSTER-shard-$shard-$ordinal"
    done
  done
}

# views  the tables of all seeds that know a cluster whose slots have all been assigned, each after a line `of POD`
views() {
  local pod folder
  folder=$(mktemp -d "$RUN/views.XXXXXX")
  for pod in $(seeds); do in_background view_of_whole "$pod" "$folder/$pod"; done
  finish
  cat "$folder"/* 2>/dev/null || :
  rm -r "$folder"
}

# view_of_whole POD FILE
view_of_whole() {
  local view
  view=$(nodes_of "$(host_of "$1")")
  if [ "$(assigned "$view")" = "$SLOTS" ]; then printf '%s\n' "of $1" "$view" >"$2"; fi
}
