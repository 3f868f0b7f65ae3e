import type { IConstruct } from 'constructs';
import type { KafkaTopicProps } from './kafka-topic-props';
import { minInsyncReplicasOf, replicationFactorOf } from './topology';
import { conflict, invalid } from '../base/errors';

/** The replication settings of the brokers, as text. */
export type Replication = { readonly [key: string]: string };

const DEFAULT_FACTOR = 'default.replication.factor';
const MIN_ISR = 'min.insync.replicas';

/** Each replication factor of a broker, with the minimum of in-sync replicas for the same topics. */
const PAIRS = [
  { factor: DEFAULT_FACTOR, minIsr: MIN_ISR },
  { factor: 'offsets.topic.replication.factor', minIsr: MIN_ISR },
  { factor: 'transaction.state.log.replication.factor', minIsr: 'transaction.state.log.min.isr' },
  { factor: 'share.coordinator.state.topic.replication.factor', minIsr: 'share.coordinator.state.topic.min.isr' },
];

/** The replication settings, from the number of brokers and the settings given by the user. Throws if they contradict each other. */
export function replicationOf(where: IConstruct, brokers: number, kafkaMajor: number, config: { [key: string]: string }): Replication {
  const pairs = kafkaMajor >= 4 ? PAIRS : PAIRS.slice(0, 3); // share groups came with 4.0
  const settings: { [key: string]: string } = {};
  for (const { factor } of pairs) settings[factor] = config[factor] ?? `${replicationFactorOf(brokers)}`;
  if (settings[DEFAULT_FACTOR] === '2' && config[MIN_ISR] === undefined) {
    throw conflict(where, `the replication factor is 2, but config['${MIN_ISR}'] is not set`,
      "Set it to '1' to continue writes while a broker restarts, although an acknowledged write may be on one broker only; or to '2' to have every acknowledged "
      + 'write on both brokers, although writes stop while one of them restarts. There is no default, because a third broker would change it to 2, which stops writes to topics with two replicas whenever a broker restarts.');
  }
  for (const { factor, minIsr } of pairs) settings[minIsr] ??= config[minIsr] ?? `${minInsyncReplicasOf(Number(settings[factor]))}`;
  for (const { factor, minIsr } of pairs) {
    requireReplication(where, { brokers, factor: settings[factor], minIsr: settings[minIsr] }, { factor: `config['${factor}']`, minIsr: `config['${minIsr}']` });
  }
  return settings;
}

/** The replication of a topic. */
export interface TopicReplication {
  readonly factor: number;
  /** The settings of the topic, including those derived from the replication factor. */
  readonly config: { [key: string]: string };
}

/** The replication of a topic. Throws if there are too few brokers for its replicas, or too few replicas for `min.insync.replicas`. */
export function topicReplicationOf(where: string, topic: KafkaTopicProps, brokers: number, cluster: Replication): TopicReplication {
  const usual = Number(cluster[DEFAULT_FACTOR]);
  const factor = topic.replicationFactor ?? usual;
  // With fewer replicas than usual, the cluster's minimum would stop writes whenever a broker restarts. It is set in any case,
  // because the cluster's minimum can change, for example with the number of brokers, while the replicas of this topic do not.
  const minIsr = factor < usual ? `${Math.min(Number(cluster[MIN_ISR]), minInsyncReplicasOf(factor))}` : cluster[MIN_ISR];
  const config = { [MIN_ISR]: minIsr, ...topic.config };
  requireReplication(where, { brokers, factor, minIsr: config[MIN_ISR] },
    { factor: 'replicationFactor', minIsr: `config['${MIN_ISR}']` });
  return { factor, config };
}

/**
 * The number of brokers, of two or more, that must stay up so that partitions with the default replication accept writes. At
 * least one may be down: otherwise no node could be drained.
 */
export function brokersToStayUp(brokers: number, replication: Replication): number {
  const known = PAIRS.filter(({ factor }) => factor in replication);
  const spare = known.map(({ factor, minIsr }) => Number(replication[factor]) - Number(replication[minIsr]));
  return brokers - Math.max(1, Math.min(...spare));
}

function requireReplication(
  where: IConstruct | string,
  values: { readonly brokers: number; readonly factor: number | string; readonly minIsr: string },
  names: { readonly factor: string; readonly minIsr: string },
): void {
  const [factor, minIsr] = [wholeNumber(`${values.factor}`), wholeNumber(values.minIsr)];
  if (!Number.isInteger(factor) || factor < 1 || factor > values.brokers) {
    throw invalid(where, { property: names.factor, got: values.factor, expected: `a whole number from 1 to ${values.brokers}, the number of brokers` });
  }
  if (!Number.isInteger(minIsr) || minIsr < 1) {
    throw invalid(where, { property: names.minIsr, got: values.minIsr, expected: `a whole number from 1 to ${factor}, the replication factor` });
  }
  if (minIsr > factor) {
    throw conflict(where, `${names.minIsr} is ${minIsr}, but ${names.factor} is only ${factor}`,
      'No producer with acks=all could write. Set the minimum to one less than the replication factor to continue writes while a broker restarts.');
  }
}

/** The number as Kafka parses it: '3.0' is not valid. */
function wholeNumber(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : NaN;
}
