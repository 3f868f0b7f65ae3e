import { sortedEntries } from '../base/sorted-entries';

/** The desired state of a topic. */
export interface DeclaredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: { readonly [key: string]: string };
}

/** The topic as an argument of topics.sh, independent of the order of its settings. */
export function topicArgument({ name, partitions, replicationFactor, config }: DeclaredTopic): string {
  return [`${name} ${partitions} ${replicationFactor}`, ...sortedEntries(config).map(([key, value]) => `${key}=${value}`)].join('\n');
}
