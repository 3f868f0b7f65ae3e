import { parseAllDocuments } from 'yaml';

/** Any Kubernetes object as it stands in a file. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What a template holds: an object without kind, and without a name where its controller gives one. */
export interface Template {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Readonly<Record<string, unknown>>;
}

export function titleOf(manifest: Manifest): string {
  return `${manifest.kind}/${manifest.metadata.name}`;
}

/** The objects of a YAML text; a syntax error or a duplicate key throws. */
export function parseManifests(yaml: string): Manifest[] {
  // kubectl reads YAML 1.1, where `on` is a boolean.
  return parseAllDocuments(yaml, { version: '1.1' })
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0];
      return document.toJS() as Manifest | null;
    })
    .filter((manifest) => manifest !== null);
}
