import { type ApiObject, ApiObjectMetadataDefinition } from 'cdk8s';
import { Empty, NOT_PLAIN, plainJson } from './plain-json';

/** Where cdk8s keeps metadata. All but the first two are private. */
const FIELDS = ['name', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences', '_additionalAttributes', 'apiObject'];

/** What the metadata of an object renders to, in one pass; NOT_PLAIN if cdk8s has to render it: other values than plain data, or not kept as it is known here. */
export function plainMetadata({ metadata }: ApiObject): unknown {
  if (metadata.toJson !== ApiObjectMetadataDefinition.prototype.toJson) return NOT_PLAIN;
  const all: { [field: string]: unknown } = { ...metadata };
  if (Object.keys(all).length !== FIELDS.length || !FIELDS.every(field => field in all)) return NOT_PLAIN;
  const { _additionalAttributes: additional, apiObject: _, ...fields } = all;
  return typeof additional === 'object' ? plainJson({ ...additional, ...fields }, Empty.OMITTED) : NOT_PLAIN;
}
