#!/bin/bash
# How a member with an empty volume begins. Sourced, after volume.sh and founding.sh.
#
# Controllers: the member of ordinal 0 founds when every other controller, and every broker, has said that its volume is empty
# too; the other controllers join when they see one that runs. Who joins is no voter: see settle.sh.
# Brokers: an empty one that is still an in-sync replica would be elected, and the others would cut their copies to nothing.
# So it starts only when the cluster has said that no partition counts on it, or is so new that none can.

# begin  returns with the volume formatted
begin() {
  local way=''
  rm -f "$MARKS/new"
  answer_empty
  if is controller; then await_controllers; fi
  if is broker && [ "$way" != --standalone ]; then await_free; fi
  stop_answering
  rm -f "$MARKS/waiting"
  if ! is broker && [ "$way" = --standalone ]; then touch "$MARKS/new"; fi
  format "$way" || refuse "the volume could not be formatted: see above."
}

format() {
  local archive=''
  [ ! -r /opt/kafka/storage.jsa ] || archive=-XX:SharedArchiveFile=/opt/kafka/storage.jsa
  # shellcheck disable=SC2086  # broker: no argument at all
  KAFKA_OPTS='' KAFKA_HEAP_OPTS=-Xmx128m KAFKA_JVM_PERFORMANCE_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 $archive" \
    "$KAFKA_BIN/kafka-storage.sh" format --cluster-id "$CLUSTER_ID" --config "$MARKS/server.properties" $1
}

# decided WORD  whether a person has decided so
decided() { [ "$(cat "$DECISION_FILE" 2>/dev/null)" = "$1" ]; }

# await_controllers  sets way: --standalone to found, --no-initial-controllers to join
await_controllers() {
  local others brokers='' ordinal waiting running
  while :; do
    if decided found; then say 'a person decided: this member founds the cluster'; way=--standalone; return; fi
    others=$(other_members)
    waiting='' running=''
    for ordinal in $others; do
      if [ "$(ask "$(host_of "$ordinal")")" = "empty $SET-$ordinal" ]; then continue; fi
      if listens "$(host_of "$ordinal")" "$CONTROLLER_PORT"; then running=$SET-$ordinal; break; fi
      waiting+=" $SET-$ordinal"
    done
    if [ -n "$running" ]; then say "the volume is empty, and $running runs: joining, without a vote"; way=--no-initial-controllers; return; fi
    if [ "${HOSTNAME##*-}" != 0 ]; then
      say_each 10 "the volume is empty: waiting for a controller that runs. $SET-0 founds the cluster, no other."
      pause "$FOUNDING_PAUSE"
      continue
    fi
    is broker || brokers=$(dedicated_brokers)
    for ordinal in $brokers; do
      [ "$(ask "$(broker_host "$ordinal")")" = "empty $BROKER_SET-$ordinal" ] || waiting+=" $BROKER_SET-$ordinal"
    done
    if [ -z "$waiting" ]; then
      say 'all volumes are empty: founding the cluster'; way=--standalone; return
    else
      echo found >"$MARKS/waiting"
      say_each 10 "the volume is empty, and it is not known whether the others are:$waiting. Waiting until they answer. If their volumes are lost for certain, found a new, empty cluster: $(in_pod bash "$FILES/decide.sh" found)"
    fi
    pause "$FOUNDING_PAUSE"
  done
}

# up_to_date SERVERS ORDINAL…  whether these brokers follow the leader of the controllers: one that is cut off from it describes
# partitions as they were.
up_to_date() {
  local rows
  rows=$(tool kafka-metadata-quorum --bootstrap-server "$1" describe --replication) || return 1
  shift
  # Times are those of the leader, which fetches from nobody: its own are its clock.
  awk -v wanted="$*" '
    NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { seen[$column["NodeId"]] = $column["LastCaughtUpTimestamp"] }
    $column["Status"] == "Leader" { now = $column["LastFetchTimestamp"] }
    END {
      count = split(wanted, ids, " ")
      for (i = 1; i <= count; i++) if (!(ids[i] in seen) || now - seen[ids[i]] > 10000) exit 1
      exit !now
    }' <<<"$rows"
}

# await_free  returns when no partition counts on this broker
await_free() {
  local others ordinal servers asked silent partitions held
  while :; do
    if decided start; then say 'a person decided: this broker starts with an empty volume'; return; fi
    others=$(other_members)
    servers='' asked='' silent=''
    for ordinal in $others; do
      if [ "$(ask "$(host_of "$ordinal")")" = "empty $SET-$ordinal" ]; then continue; fi
      if listens "$(host_of "$ordinal")" "$BROKER_PORT"; then servers+=,$(host_of "$ordinal"):$BROKER_PORT asked+=" $ordinal"; else silent+=" $SET-$ordinal"; fi
    done
    if [ -n "$servers" ]; then
      # shellcheck disable=SC2086  # one argument each
      if up_to_date "${servers#,}" $asked && partitions=$(tool kafka-topics --bootstrap-server "${servers#,}" --describe); then
        # Of a partition without a leader, the last one that led may be elected though it is in no list.
        held=$(partitions_with 'value["Leader"] == me || has(value["Isr"]) || has(value["Elr"]) || (value["Leader"] !~ /^[0-9]+$/ && has(value["LastKnownElr"]))' <<<"$partitions")
        [ -n "$held" ] || return 0
        echo start >"$MARKS/waiting"
        say_each 10 "the volume is empty, but Kafka counts this broker as in sync for $held. If it started now it would be elected, and the others would cut their copies to nothing. Waiting. Bring the volume back. If it is lost, choose a copy that is left, for each partition: kafka-leader-election.sh --bootstrap-server ${servers#,} --election-type unclean --topic … --partition …; then this broker starts by itself. If no copy is left: $(in_pod bash "$FILES/decide.sh" start)"
      else
        say_each 10 "the volume is empty, and ${servers#,} did not say for certain which partitions count on this broker: all of them must follow a leader of the controllers. Asking again."
      fi
    elif ! is controller && [ "$(ask "$(controller_host 0)")" = "new $CONTROLLER_SET-0" ]; then
      say 'the cluster is new, no broker has come to it yet: starting'; return
    else
      echo start >"$MARKS/waiting"
      say_each 10 "the volume is empty, no broker runs that could say which partitions count on this one, and it is not known that the cluster is new.${silent:+ Not empty, or without an answer:$silent.} Waiting. Bring the volumes of the brokers back. If their data is lost for certain: $(in_pod bash "$FILES/decide.sh" start)"
    fi
    pause "$FOUNDING_PAUSE"
  done
}
