/** A topic as it shall be. */
export interface DeclaredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: { readonly [key: string]: string };
}

/** The code that the script ends with when trying again would be of no use: something was refused, and nothing failed. */
export const REFUSED = 65;

/**
 * A script that makes the topics what they shall be, and changes nothing where they are. It needs bash and Kafka's
 * tools, and the address of the cluster in BOOTSTRAP_SERVERS.
 */
export function topicScript(topics: DeclaredTopic[]): string {
  return `${SCRIPT}\n${topics.map(call).join('\n')}\nexit $status\n`;
}

function call({ name, partitions, replicationFactor, config }: DeclaredTopic): string {
  const settings = Object.entries(config).sort(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => quote(`${key}=${value}`));
  return ['topic', name, partitions, replicationFactor, ...settings].join(' ');
}

function quote(word: string): string {
  return /^[-=.,:/_A-Za-z0-9]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`;
}

const SCRIPT = `set -u
status=0
kafka() { "/opt/kafka/bin/$1.sh" --bootstrap-server "$BOOTSTRAP_SERVERS" "\${@:2}"; }

until existing=$(kafka kafka-topics --describe --exclude-internal); do
  echo "no answer from $BOOTSTRAP_SERVERS yet"
  sleep 5
done

# The field of a topic in the description, such as PartitionCount.
field() { awk -F '\\t' -v topic="Topic: $1" -v field="$2: " '$1 == topic && /PartitionCount: / { for (i = 2; i <= NF; i++) if (index($i, field) == 1) print substr($i, length(field) + 1) }' <<<"$existing"; }

refuse() { echo "refused: $*" >&2; [ $status != 0 ] || status=${REFUSED}; }
failed() { echo "failed: $*" >&2; status=1; } # whatever was refused: the rest is worth another try

topic() {
  local name=$1 partitions=$2 factor=$3 present setting settings changed=()
  shift 3
  present=$(field "$name" PartitionCount)
  if [ -z "$present" ]; then
    for setting; do changed+=(--config "$setting"); done
    kafka kafka-topics --create --if-not-exists --topic "$name" --partitions "$partitions" --replication-factor "$factor" \${changed+"\${changed[@]}"} || failed "creating $name"
    return
  fi
  if [ "$present" -gt "$partitions" ]; then
    refuse "topic $name has $present partitions, more than the $partitions asked for; Kafka cannot take any away. Ask for $present, or delete the topic and its data first"
  elif [ "$present" -lt "$partitions" ]; then
    kafka kafka-topics --alter --topic "$name" --partitions "$partitions" && echo "topic $name: $present -> $partitions partitions" || failed "adding partitions to $name"
  fi
  present=$(field "$name" ReplicationFactor)
  [ "$present" = "$factor" ] || refuse "topic $name has replication factor $present, not the $factor asked for; move its partitions with kafka-reassign-partitions.sh, then ask for what is there"
  settings=,$(field "$name" Configs),
  for setting; do
    [[ $settings == *",$setting,"* ]] || changed+=("\${setting%%=*}=[\${setting#*=}]")
  done
  if [ \${#changed[@]} != 0 ]; then
    kafka kafka-configs --alter --entity-type topics --entity-name "$name" --add-config "$(IFS=,; echo "\${changed[*]}")" || failed "configuring $name"
  fi
}
`;
