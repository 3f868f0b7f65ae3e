#!/bin/bash
# When a broker whose cluster is in ZooKeeper may start. Sourced, after broker-volume.sh and ask.sh.
#
# With its data: when ZooKeeper knows the cluster that the data is of. An ensemble that has lost its volumes knows none, and Kafka would
# take it for the first start of a new one.
# With an empty volume: when no partition counts on this broker. It would be elected, and the others would cut their copies to nothing.
# Where ZooKeeper knows no cluster, the broker of ordinal 0 founds it, when all others have said that their volumes are empty too.

: "${BEGIN_LONG_PAUSE:=8}" # seconds that are added to the pause between two rounds, after ten of them

# decided WORD  whether an operator has decided so
decided() { [ "$(cat "$DECISION_FILE" 2>/dev/null)" = "$1" ]; }

# begin  returns when this broker may start
begin() {
  local volume cluster registered rounds=0
  volume=$(cluster_of_volume)
  [ -n "$volume" ] || answer_empty
  until may_start; do
    pause "$FOUNDING_PAUSE"
    [ $((rounds += 1)) -le 10 ] || pause "$BEGIN_LONG_PAUSE" # each is a Java program
  done
  stop_answering
  rm -f "$MARKS/waiting"
}

may_start() {
  if ! look; then
    say_each 10 "ZooKeeper ($ZOOKEEPER) does not report the state of the cluster: $(<"$MARKS/unknown"). Waiting."
    return 1
  fi
  if [ -n "${CLUSTER_ID-}" ] && [ -n "$cluster" ] && [ "$CLUSTER_ID" != "$cluster" ]; then
    refuse "the manifests set 'clusterId' to $CLUSTER_ID, but ZooKeeper has $cluster. Set 'clusterId' to the id of the cluster in ZooKeeper."
  fi
  if [ -n "$volume" ]; then with_data || return 1
  elif [ -n "$cluster" ]; then without_data || return 1
  else first_start || return 1; fi
  [ -z "$registered" ] || {
    say_each 10 "ZooKeeper still has a session of broker $NODE_ID, at $registered: waiting for it to expire, a few seconds after that broker stops. If it does not expire, another broker with this id uses the same path in ZooKeeper."
    return 1
  }
}

# look  sets cluster, the id of the cluster that ZooKeeper knows, and registered, the addresses of the broker of this id that it takes for alive
look() {
  local rows id broker
  rows=$(nodes "$CHROOT/cluster/id" "$CHROOT/brokers/ids/$NODE_ID") || return 1
  { IFS=$'\t' read -r _ id && IFS=$'\t' read -r _ broker; } <<<"$rows"
  cluster=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' <<<"$id")
  registered=$(sed -n 's/.*"endpoints":\[\([^]]*\)\].*/\1/p' <<<"$broker" | tr -d '"')
  if [ -n "$id" ] && [ -z "$cluster" ]; then unknown "its cluster has no id: $id"; return 1; fi
  if [ -n "$broker" ]; then : "${registered:=unknown addresses}"; fi
}

with_data() {
  if [ -z "$cluster" ]; then
    say_each 10 "the volume has data of the cluster $volume, but ZooKeeper ($ZOOKEEPER${CHROOT:+ at $CHROOT}) has no cluster: the volumes of the ensemble were lost, or the cluster was in another ensemble or chroot before. Waiting: restore those volumes, or correct the address. Only ZooKeeper has the metadata of the topics. If it is lost permanently, delete the claims of all brokers: the cluster then starts over, without data."
    return 1
  fi
  require_own cluster.id "$cluster" 'ZooKeeper has another cluster at this path. Give each cluster its own chroot in the ensemble, and this broker its own claim.'
}

first_start() {
  local others ordinal waiting=''
  if decided found; then say 'decided with decide.sh: this broker founds the cluster'; return; fi
  if [ "${HOSTNAME##*-}" != 0 ]; then
    say_each 10 "the volume is empty, and ZooKeeper ($ZOOKEEPER${CHROOT:+ at $CHROOT}) has no cluster: waiting for $SET-0, which founds it."
    return 1
  fi
  others=$(other_members) || return 1
  for ordinal in $others; do
    [ "$(ask "$(host_of "$ordinal")")" = "empty $SET-$ordinal" ] || waiting+=" $SET-$ordinal"
  done
  if [ -z "$waiting" ]; then say 'all volumes are empty, and ZooKeeper has no cluster: founding it'; return; fi
  echo found >"$MARKS/waiting"
  say_each 10 "the volume is empty, ZooKeeper ($ZOOKEEPER${CHROOT:+ at $CHROOT}) has no cluster, and these members have not reported that theirs are empty too:$waiting. Waiting for them. If their volumes are lost permanently, found a new, empty cluster: $(in_pod "$DOMAIN" kafka bash "$FILES/decide.sh" found)"
  return 1
}

without_data() {
  local held
  if decided start; then say 'decided with decide.sh: this broker starts with an empty volume'; return; fi
  if ! held=$(partitions_that_count_on_me); then
    say_each 10 "the volume is empty, and ZooKeeper ($ZOOKEEPER) does not report which partitions count on this broker: $(<"$MARKS/unknown"). Waiting."
    return 1
  fi
  [ -n "$held" ] || return 0
  echo start >"$MARKS/waiting"
  say_each 10 "the volume is empty, but ZooKeeper counts this broker as in sync for $held. If it started now, it would be elected leader, and the other replicas would truncate their copies to nothing. Waiting: restore the volume of this broker. If it is lost, elect a remaining replica of each partition, and this broker then starts by itself: kafka-leader-election.sh --bootstrap-server SERVERS --election-type unclean --topic TOPIC --partition PARTITION. If no copy is left: $(in_pod "$DOMAIN" kafka bash "$FILES/decide.sh" start)"
  return 1
}

# partitions_that_count_on_me  prints how many partitions this broker leads or is in sync for, and the first of them
partitions_that_count_on_me() {
  local paths states
  paths=$(below "$CHROOT/brokers/topics") || return 1
  paths=$(grep -E '/partitions/[0-9]+/state$' <<<"$paths") || return 0 # no topic yet
  # shellcheck disable=SC2086  # a path has no spaces
  states=$(nodes $paths) || return 1
  awk -F '\t' -v me="$NODE_ID" '
    $2 == "" { next } # deleted meanwhile
    !match($2, /"isr":\[[0-9,]*\]/) { exit 1 }
    {
      isr = substr($2, RSTART + 7, RLENGTH - 8)
      if (!match($2, /"leader":-?[0-9]+/)) exit 1
      leader = substr($2, RSTART + 9, RLENGTH - 9)
      if (leader != me && !index("," isr ",", "," me ",")) next
      if (!found++) { count = split($1, path, "/"); first = path[count - 3] "-" path[count - 1] " (in sync " isr ")" }
    }
    END { if (found) print found (found == 1 ? " partition: " : " partitions, such as ") first }' <<<"$states" || unknown 'the state of a partition cannot be parsed'
}
