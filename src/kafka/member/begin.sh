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

# decided WORD  whether an operator has decided so
decided() { [ "$(cat "$DECISION_FILE" 2>/dev/null)" = "$1" ]; }

# await_controllers  sets way: --standalone to found, --no-initial-controllers to join
await_controllers() {
  local others brokers='' ordinal waiting running
  while :; do
    if decided found; then say 'decided with decide.sh: this member founds the cluster'; way=--standalone; return; fi
    others=$(other_members)
    waiting='' running=''
    for ordinal in $others; do
      if [ "$(ask "$(host_of "$ordinal")")" = "empty $SET-$ordinal" ]; then continue; fi
      if listens "$(host_of "$ordinal")" "$CONTROLLER_PORT"; then running=$SET-$ordinal; break; fi
      waiting+=" $SET-$ordinal"
    done
    if [ -n "$running" ]; then say "the volume is empty, and $running is running: joining it, without a vote yet"; way=--no-initial-controllers; return; fi
    if [ "${HOSTNAME##*-}" != 0 ]; then
      say_each 10 "the volume is empty: waiting for a running controller. Only $SET-0 founds the cluster."
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
      say_each 10 "the volume is empty, but these members have not reported that theirs are empty too:$waiting. Waiting for them. If their volumes are lost permanently, found a new, empty cluster: $(in_pod "$DOMAIN" kafka bash "$FILES/decide.sh" found)"
    fi
    pause "$FOUNDING_PAUSE"
  done
}

# up_to_date SERVERS ORDINAL...  whether these brokers follow the leader of the controllers: one that is cut off from it describes
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
    if decided start; then say 'decided with decide.sh: this broker starts with an empty volume'; return; fi
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
        say_each 10 "the volume is empty, but Kafka counts this broker as in sync for $held. If it started now, it would be elected leader, and the other replicas would truncate their copies to nothing. Waiting: restore the volume of this broker. If it is lost, elect a remaining replica of each partition, and this broker then starts by itself: $(in_pod "$DOMAIN" kafka "$KAFKA_BIN/kafka-leader-election.sh" --bootstrap-server "${servers#,}" --election-type unclean --topic TOPIC --partition PARTITION). If no copy is left: $(in_pod "$DOMAIN" kafka bash "$FILES/decide.sh" start)"
      else
        say_each 10 "the volume is empty, and ${servers#,} could not confirm which partitions count on this broker: all of these brokers must follow the leader of the controllers. Asking again."
      fi
    elif ! is controller && [ "$(ask "$(controller_host 0)")" = "new $CONTROLLER_SET-0" ]; then
      say 'the cluster is new, and no broker has joined it yet: starting'; return
    else
      echo start >"$MARKS/waiting"
      say_each 10 "the volume is empty, no running broker can report which partitions count on this one, and the cluster is not known to be new.${silent:+ Not empty, or not answering:$silent.} Waiting: restore the volumes of the brokers. If their data is lost permanently: $(in_pod "$DOMAIN" kafka bash "$FILES/decide.sh" start)"
    fi
    pause "$FOUNDING_PAUSE"
  done
}
