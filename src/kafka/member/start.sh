#!/bin/bash
# Starts Kafka in a member: its entrypoint. The image's own formats every empty volume, in a way that a quorum that can
# change its voters does not take.
set -eu
FILES=$(dirname "$0")
# shellcheck source=/dev/null
for part in member.conf founding.sh member.sh volume.sh begin.sh; do . "$FILES/$part"; done

rm -f "$MARKS"/{settled,waiting,decision,left}

# The controllers are in no file of the Pod template, so that another one restarts nobody.
controllers=$(other_controllers)
{
  cat "$FILES/server.properties"
  echo "controller.quorum.bootstrap.servers=$controllers"
} >"$MARKS/server.properties"

if volume_is_empty; then begin; fi

bash "$FILES/settle.sh" &

# As the image does: its archive of loaded classes, its log on stdout. No log of the garbage collector, which takes a gigabyte.
[ ! -r /opt/kafka/kafka.jsa ] || KAFKA_JVM_PERFORMANCE_OPTS="${KAFKA_JVM_PERFORMANCE_OPTS-} -XX:SharedArchiveFile=/opt/kafka/kafka.jsa"
[ ! -e "$FILES/log4j2.yaml" ] || : "${KAFKA_LOG4J_OPTS:=-Dlog4j2.configurationFile=$FILES/log4j2.yaml}"
[ ! -e "$FILES/log4j.properties" ] || : "${KAFKA_LOG4J_OPTS:=-Dlog4j.configuration=file:$FILES/log4j.properties}"
export KAFKA_JVM_PERFORMANCE_OPTS KAFKA_LOG4J_OPTS EXTRA_ARGS='-name kafkaServer' LOG_DIR=/tmp
exec "$KAFKA_BIN/kafka-server-start.sh" "$MARKS/server.properties"
