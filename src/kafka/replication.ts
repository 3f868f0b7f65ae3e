import type { IConstruct } from 'constructs';
import type { KafkaTopicProps } from './kafka-topic-props';
import { minInsyncReplicasOf, replicationFactorOf } from './topology';
import { conflict, invalid } from '../base/errors';

/** The settings that say how many copies there are of what; all of them as text, as Kafka reads them. */
export type Replication = { readonly [key: string]: string };

const DEFAULT_FACTOR = 'default.replication.factor';
const MIN_ISR = 'min.insync.replicas';

/** Each replication factor of a broker, and the least number of copies of the same topics. */
const PAIRS = [
  { factor: DEFAULT_FACTOR, minIsr: MIN_ISR },
  { factor: 'offsets.topic.replication.factor', minIsr: MIN_ISR },
  { factor: 'transaction.state.log.replication.factor', minIsr: 'transaction.state.log.min.isr' },
  { factor: 'share.coordinator.state.topic.replication.factor', minIsr: 'share.coordinator.state.topic.min.isr' },
];

/** The replication settings that follow from the number of brokers and what the user has set. Throws if two contradict. */
export function replicationOf(where: IConstruct, brokers: number, kafkaMajor: number, config: { [key: string]: string }): Replication {
  const pairs = kafkaMajor >= 4 ? PAIRS : PAIRS.slice(0, 3); // share groups came with 4.0
  const settings: { [key: string]: string } = {};
  for (const { factor } of pairs) settings[factor] = config[factor] ?? `${replicationFactorOf(brokers)}`;
  if (settings[DEFAULT_FACTOR] === '2' && config[MIN_ISR] === undefined) {
    throw conflict(where, `there are two copies of each partition, and config['${MIN_ISR}'] is not given`,
      "Give '1', and writes go on while a broker restarts, but one that is acknowledged may be on one broker only; or '2', and every write "
      + 'that is acknowledged is on both, but none is while one of them restarts. There is no default, as that of three copies, 2, would stop the writes to topics of two when a third broker comes.');
  }
  for (const { factor, minIsr } of pairs) settings[minIsr] ??= config[minIsr] ?? `${minInsyncReplicasOf(Number(settings[factor]))}`;
  for (const { factor, minIsr } of pairs) {
    requireReplication(where, { brokers, factor: settings[factor], minIsr: settings[minIsr] }, { factor: `config['${factor}']`, minIsr: `config['${minIsr}']` });
  }
  return settings;
}

/** How a topic is replicated. */
export interface TopicReplication {
  readonly factor: number;
  /** The settings of the topic, with those that follow from the factor. */
  readonly config: { [key: string]: string };
}

/** The replication of a topic of a cluster. Throws if its copies cannot be made, or are too few. */
export function topicReplicationOf(where: IConstruct, name: string, topic: KafkaTopicProps, brokers: number, cluster: Replication): TopicReplication {
  const usual = Number(cluster[DEFAULT_FACTOR]);
  const factor = topic.replicationFactor ?? usual;
  // With fewer copies than usual, the usual least number would stop all writes whenever a broker restarts. It is said in any
  // case: that of the cluster may change, as with the number of brokers, while the copies of this topic do not.
  const minIsr = factor < usual ? `${Math.min(Number(cluster[MIN_ISR]), minInsyncReplicasOf(factor))}` : cluster[MIN_ISR];
  const config = { [MIN_ISR]: minIsr, ...topic.config };
  requireReplication(where, { brokers, factor: `${factor}`, minIsr: config[MIN_ISR] },
    { factor: `topic '${name}' replicationFactor`, minIsr: `topic '${name}' config['${MIN_ISR}']` });
  return { factor, config };
}

/**
 * How many of two or more brokers must stay up, so that partitions with the cluster's own replication take writes. At
 * least one may be down: else no node could be drained.
 */
export function brokersToStayUp(brokers: number, replication: Replication): number {
  const known = PAIRS.filter(({ factor }) => factor in replication);
  const spare = known.map(({ factor, minIsr }) => Number(replication[factor]) - Number(replication[minIsr]));
  return brokers - Math.max(1, Math.min(...spare));
}

function requireReplication(where: IConstruct, values: { readonly brokers: number; readonly factor: string; readonly minIsr: string },
  names: { readonly factor: string; readonly minIsr: string }): void {
  const [factor, minIsr] = [wholeNumber(values.factor), wholeNumber(values.minIsr)];
  if (!Number.isInteger(factor) || factor < 1 || factor > values.brokers) {
    throw invalid(where, { property: names.factor, got: values.factor, expected: `a whole number from 1 to ${values.brokers}, the number of brokers` });
  }
  if (!Number.isInteger(minIsr) || minIsr < 1) {
    throw invalid(where, { property: names.minIsr, got: values.minIsr, expected: `a whole number from 1 to ${factor}, the replication factor` });
  }
  if (minIsr > factor) {
    throw conflict(where, `${names.minIsr} is ${minIsr}, but there are only ${factor} copies (${names.factor})`,
      'No producer that waits for all copies could write. Lower the one or raise the other; one below the replication factor lets writes go on while a broker restarts.');
  }
}

/** A number as Kafka reads it, which does not know '3.0'. */
function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : NaN;
}
