import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';

/**
 * Throws unless this is a valid topic name that does not collide with the others.
 *
 * @see https://github.com/apache/kafka/blob/4.1.0/clients/src/main/java/org/apache/kafka/common/internals/Topic.java
 */
export function requireTopicName(where: IConstruct, name: string, others: { readonly name: string }[]): void {
  if (!/^[-._A-Za-z0-9]{1,249}$/.test(name) || name === '.' || name === '..' || name.startsWith('-')) {
    throw invalid(where, { property: 'topic name', got: name, expected: "1 to 249 letters, digits, '.', '_' and '-', not starting with '-'" });
  }
  if (name.startsWith('__')) {
    throw invalid(where, { property: 'topic name', got: name, expected: "a name that does not start with '__'", hint: "This prefix is reserved for Kafka's internal topics." });
  }
  const clash = others.find(other => metricName(other.name) === metricName(name));
  if (clash === undefined) return;
  if (clash.name === name) throw conflict(where, `the topic '${name}' is declared twice`, 'Declare it once, with all its properties.');
  throw conflict(where, `the topics '${clash.name}' and '${name}' differ only in '.' and '_'`, 'Kafka rejects the second, because their metric names would collide: rename one of them.');
}

function metricName(topic: string): string {
  return topic.replace(/\./g, '_');
}
