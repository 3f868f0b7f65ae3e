#!/bin/bash
# What the scripts of a member share. Sourced, after member.conf, which says:
#   ROLES              broker, controller, or both with a comma between them
#   SET, DOMAIN        the StatefulSet of this member, and the domain below which its Pods are found
#   ID_PREFIX          what precedes the ordinal in a node id of this set
#   CONTROLLER_SET, CONTROLLER_DOMAIN   the same of the controllers
#   BROKER_SET, BROKER_DOMAIN           the same of the brokers, in a dedicated controller
#   CONTROLLER_PORT, BROKER_PORT        where controllers and brokers listen; BROKER_PORT is empty in a dedicated controller
#   STOP_SECONDS       how long a stop may be put off
# Environment: HOSTNAME, CLUSTER_ID; for tests MARKS, DATA, KAFKA_BIN.

: "${DATA:=/var/lib/kafka/data}"
: "${MARKS:=/tmp}"
: "${KAFKA_BIN:=/opt/kafka/bin}"
: "${CONTROLLERS_FILE:=/etc/cdk8s-stateful/controllers/members}"
: "${BROKERS_FILE:=/etc/cdk8s-stateful/brokers/members}"
# shellcheck disable=SC2034  # used by those who source this
LOGS=$DATA/logs

is() { [[ ,$ROLES, == *",$1,"* ]]; }
NODE_ID=${ID_PREFIX-}${HOSTNAME##*-}

# host_of ORDINAL, controller_host ORDINAL, broker_host ORDINAL  where a member of this set, a controller or a broker is found
host_of() { echo "$SET-$1.$DOMAIN"; }
controller_host() { echo "$CONTROLLER_SET-$1.$CONTROLLER_DOMAIN"; }
broker_host() { echo "$BROKER_SET-$1.$BROKER_DOMAIN"; }

# other_members  the ordinals of the other members of this set
other_members() {
  local count ordinal
  count=$(members) || return 1
  for ((ordinal = 0; ordinal < count; ordinal++)); do [ "$ordinal" = "${HOSTNAME##*-}" ] || echo "$ordinal"; done
}

# dedicated_brokers  the ordinals of the brokers, asked for by a controller that is none
dedicated_brokers() {
  local count
  count=$(MEMBERS_FILE=$BROKERS_FILE members) || return 1
  seq 0 $((count - 1))
}

# other_controllers  the addresses of the controllers, without that of this member, with commas between them
other_controllers() {
  local count ordinal list=''
  count=$(MEMBERS_FILE=$CONTROLLERS_FILE members) || return 1
  for ((ordinal = 0; ordinal < count; ordinal++)); do
    [ "$CONTROLLER_SET-$ordinal" != "$HOSTNAME" ] || [ "$count" = 1 ] || continue
    list+=,$(controller_host "$ordinal"):$CONTROLLER_PORT
  done
  echo "${list#,}"
}

# listens HOST PORT
listens() {
  # shellcheck disable=SC2016  # in a shell of its own: a connection attempt can only be limited from outside
  timeout 2 bash -c ': <"/dev/tcp/$1/$2"' bash "$1" "$2" 2>/dev/null
}

# tool SCRIPT ARGUMENT...  one of Kafka's programs: small, quick to start, without the agents and ports of the server, and limited
tool() {
  local script=$1 archive=''
  shift
  [ ! -r /opt/kafka/kafka.jsa ] || archive=-XX:SharedArchiveFile=/opt/kafka/kafka.jsa
  env -u KAFKA_OPTS -u KAFKA_JMX_OPTS -u JMX_PORT -u KAFKA_LOG4J_OPTS LOG_DIR=/tmp KAFKA_HEAP_OPTS=-Xmx64m \
    KAFKA_JVM_PERFORMANCE_OPTS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1 $archive" \
    timeout "${TOOL_SECONDS:-60}" "$KAFKA_BIN/$script.sh" "$@"
}

# partitions_with CONDITION  of the description of partitions on stdin, those for which an awk condition holds, of which each
# field is value["Isr"] ..., me the node id, and has(list) whether me is in a list. Prints the number and the first.
partitions_with() {
  awk -F '\t' -v me="$NODE_ID" '
    function has(list) { return index("," list ",", "," me ",") }
    function count(list) { return split(list, unused, ",") }
    {
      delete value
      for (i = 1; i <= NF; i++) { at = index($i, ": "); value[substr($i, 1, at - 1)] = substr($i, at + 2) }
      if (!("Partition" in value) || !('"$1"')) next
      if (!found++) first = value["Topic"] "-" value["Partition"] " (copies on " value["Replicas"] ", in sync " value["Isr"] ")"
    }
    END { if (found) print found (found == 1 ? " partition: " : " partitions, such as ") first }'
}

# say_each SECONDS TEXT  says it, but the same text not more often than that
say_each() {
  [ "$2" != "${said_text-}" ] || [ $((SECONDS - said_at)) -ge "$1" ] || return 0
  said_text=$2 said_at=$SECONDS
  say "$2"
}

