#!/bin/bash
# Starts a broker whose cluster is in ZooKeeper: its entrypoint. The image's own knows no ZooKeeper.
set -eu
FILES=$(dirname "$0")
# shellcheck source=/dev/null
for part in member.conf founding.sh member.sh volume.sh broker-volume.sh ask.sh begin.sh; do . "$FILES/$part"; done

rm -f "$MARKS"/{settled,waiting,decision,left}
begin
cp "$FILES/server.properties" "$MARKS/server.properties"
# On the way to controllers. They are in no file of the Pod template, so that another one restarts nobody.
if [ -n "${CONTROLLER_SET-}" ]; then
  controllers=$(other_controllers)
  echo "controller.quorum.bootstrap.servers=$controllers" >>"$MARKS/server.properties"
fi
bash "$FILES/settle-twice.sh" &

# As the image does: its archive of loaded classes, its log on stdout. No log of the garbage collector, which takes a gigabyte.
[ ! -r /opt/kafka/kafka.jsa ] || KAFKA_JVM_PERFORMANCE_OPTS="${KAFKA_JVM_PERFORMANCE_OPTS-} -XX:SharedArchiveFile=/opt/kafka/kafka.jsa"
: "${KAFKA_LOG4J_OPTS:=-Dlog4j.configuration=file:$FILES/log4j.properties}"
export KAFKA_JVM_PERFORMANCE_OPTS KAFKA_LOG4J_OPTS EXTRA_ARGS='-name kafkaServer' LOG_DIR=/tmp
exec "$KAFKA_BIN/kafka-server-start.sh" "$MARKS/server.properties"
