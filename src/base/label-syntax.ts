import type { IConstruct } from 'constructs';
import { invalid } from './errors';

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Throws unless these are valid labels.
 *
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function requireLabels(where: IConstruct, property: string, labels: { [key: string]: string } = {}): void {
  for (const [key, value] of Object.entries(labels)) {
    requireLabelKey(where, property, key);
    requireLabelValue(where, `${property}.${key}`, value);
  }
}

/** Throws unless these are valid annotations. Their keys have the syntax of label keys; their values are arbitrary. */
export function requireAnnotations(where: IConstruct, property: string, annotations: { [key: string]: string } = {}): void {
  for (const key of Object.keys(annotations)) requireLabelKey(where, property, key, 'an annotation key');
}

export function requireLabelKey(where: IConstruct | string, property: string, key: string, what = 'a label key'): void {
  const parts = key.split('/');
  const [prefix, name] = parts.length === 1 ? [undefined, parts[0]] : parts;
  if (parts.length > 2 || !NAME.test(name) || (prefix !== undefined && (prefix.length > 253 || !PREFIX.test(prefix)))) {
    throw invalid(where, { property, got: key, expected: `${what}: at most 63 letters, digits, '-', '_' and '.', optionally after a DNS name and '/'` });
  }
}

export function requireLabelValue(where: IConstruct, property: string, value: string): void {
  if (value !== '' && !NAME.test(value)) {
    throw invalid(where, { property, got: value, expected: "a label value: at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit" });
  }
}
