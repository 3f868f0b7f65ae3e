import { createHash } from 'crypto';
import type { IConstruct } from 'constructs';
import { PerApp } from './per-app';

/** The contents of a ConfigMap, by file name. */
export interface Contents {
  readonly data?: { readonly [name: string]: string };
  readonly binaryData?: { readonly [name: string]: string };
}

/**
 * Caches texts as JSON. Most of the hashed texts are scripts, which are the same in all sets of a product, and
 * serializing them takes several times as long as hashing them.
 */
const textsJson = new PerApp(() => new Map<string, Buffer>());

/** The first ten digits of a hash of `[data, binaryData]` as JSON. */
export function contentHash(where: IConstruct, { data, binaryData }: Contents): string {
  const hash = createHash('sha256');
  for (const part of ['[', ...filesJson(where, data), ',', ...filesJson(where, binaryData), ']']) hash.update(part);
  return hash.digest('hex').slice(0, 10);
}

function filesJson(where: IConstruct, files: Contents['data']): (string | Buffer)[] {
  if (files === undefined) return ['null'];
  const texts = textsJson.of(where);
  return ['{', ...Object.entries(files).flatMap(([name, text], i) => [`${i === 0 ? '' : ','}${JSON.stringify(name)}:`, textJson(texts, text)]), '}'];
}

function textJson(texts: Map<string, Buffer>, text: string): Buffer {
  const json = texts.get(text) ?? Buffer.from(JSON.stringify(text));
  texts.set(text, json);
  return json;
}
