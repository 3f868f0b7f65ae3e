import { CONTROLLER_ID_PREFIX } from './topology';

/** Longer than a Java tool needs to start on a busy machine. */
export const READINESS_TIMEOUT_SECONDS = 30;

/**
 * A script that tells whether the broker that listens at the port `$1` is ready: once it is back among the in-sync
 * replicas of all its partitions after its own start, and from then on while it listens. So a rolling update restarts the
 * next broker only when no partition waits for this one, and the absence of another broker never makes this one unready.
 * A partition without a leader cannot be waited for: whoever has its data is not there.
 */
export const BROKER_READINESS = readiness([
  'partitions=$(run kafka-topics.sh --bootstrap-server "127.0.0.1:$1" --describe --under-replicated-partitions) || exit 1',
  'awk -F \'\\t\' -v me="$POD_INDEX" \'',
  '  function has(list) { return index("," list ",", "," me ",") }',
  '  {',
  '    delete value',
  '    for (i = 1; i <= NF; i++) { split($i, pair, ": "); value[pair[1]] = pair[2] }',
  '    if (value["Leader"] !~ /^[0-9]+$/ || !has(value["Replicas"]) || has(value["Isr"])) next',
  '    lagging++; last = value["Topic"] "-" value["Partition"]',
  '  }',
  '  END { if (lagging) { print "not yet in sync: " lagging " partitions, such as " last; exit 1 } }',
  '\' <<<"$partitions" || exit 1',
]);

/**
 * A script that tells whether the dedicated controller that listens at the port `$1` is ready: once it has caught up with
 * the leader of the quorum after its own start.
 */
export const CONTROLLER_READINESS = readiness([
  'voters=$(run kafka-metadata-quorum.sh --bootstrap-controller "127.0.0.1:$1" describe --replication) || exit 1',
  `awk -v me="${CONTROLLER_ID_PREFIX}$POD_INDEX" '`,
  '  NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }',
  '  $column["NodeId"] == me { lag = $column["Lag"]; known = 1 }',
  '  END { if (!known || lag > 100) { print "not yet caught up: " (known ? lag " records behind" : "not in the quorum"); exit 1 } }',
  '\' <<<"$voters" || exit 1',
]);

function readiness(caughtUp: string[]): string {
  return [
    '#!/bin/bash',
    '(: <"/dev/tcp/127.0.0.1/$1") || exit 1',
    'mark=/tmp/caught-up',
    '# The image writes its configuration at each start: a mark older than that is of an earlier start.',
    '[ $mark -nt /opt/kafka/config/server.properties ] && exit 0',
    '',
    '# Asked only until the first time that it is so, as each question starts a Java program.',
    'unset KAFKA_OPTS KAFKA_JMX_OPTS JMX_PORT # agents and ports of the server',
    'export KAFKA_HEAP_OPTS=-Xmx64m',
    `run() { timeout ${READINESS_TIMEOUT_SECONDS - 5} "/opt/kafka/bin/$@"; }`,
    ...caughtUp,
    'touch $mark',
    '',
  ].join('\n');
}
