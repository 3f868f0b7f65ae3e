import { sortedEntries } from '../base/sorted-entries';

/** A topic as it shall be. */
export interface DeclaredTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly config: { readonly [key: string]: string };
}

/** The topic as topics.sh reads it, the same text whatever the order of its settings. */
export function topicArgument({ name, partitions, replicationFactor, config }: DeclaredTopic): string {
  return [`${name} ${partitions} ${replicationFactor}`, ...sortedEntries(config).map(([key, value]) => `${key}=${value}`)].join('\n');
}
