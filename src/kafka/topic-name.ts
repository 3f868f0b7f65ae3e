import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';

/**
 * Throws unless Kafka takes this for the name of a topic beside the others.
 *
 * @see https://github.com/apache/kafka/blob/4.1.0/clients/src/main/java/org/apache/kafka/common/internals/Topic.java
 */
export function requireTopicName(where: IConstruct, name: string, others: { readonly name: string }[]): void {
  if (!/^[-._A-Za-z0-9]{1,249}$/.test(name) || name === '.' || name === '..' || name.startsWith('-')) {
    throw invalid(where, { property: 'topic name', got: name, expected: "1 to 249 letters, digits, '.', '_' and '-', not beginning with '-'" });
  }
  if (name.startsWith('__')) {
    throw invalid(where, { property: 'topic name', got: name, expected: "a name that does not begin with '__'", hint: "Kafka's own topics do." });
  }
  const clash = others.find(other => metricName(other.name) === metricName(name));
  if (clash === undefined) return;
  if (clash.name === name) throw conflict(where, `the topic '${name}' is declared twice`, 'Declare it once, with all its properties.');
  throw conflict(where, `the topics '${clash.name}' and '${name}' differ only in '.' and '_'`, "Kafka refuses the second, as its metrics would have the first one's names: give one of them another name.");
}

function metricName(topic: string): string {
  return topic.replace(/\./g, '_');
}
