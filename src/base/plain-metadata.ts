import { type ApiObject, ApiObjectMetadataDefinition } from 'cdk8s';
import { type Fields, NOT_PLAIN, Part, plainJson } from './plain-json';

/** Where cdk8s keeps metadata. All but the first two are private. */
const FIELDS = ['name', 'namespace', 'labels', 'annotations', 'finalizers', 'ownerReferences', '_additionalAttributes', 'apiObject'];

/** What the metadata of an object renders to, in one pass; NOT_PLAIN if cdk8s has to render it: other values than plain data, or not kept as it is known here. */
export function plainMetadata(object: ApiObject): unknown {
  const content = metadataContent(object);
  return content === undefined ? NOT_PLAIN : plainJson(content, Part.METADATA);
}

/** The metadata of an object; undefined if cdk8s keeps them in another way. */
export function metadataContent({ metadata }: ApiObject): Fields | undefined {
  if (metadata.toJson !== ApiObjectMetadataDefinition.prototype.toJson) return undefined;
  const kept: Fields = { ...metadata };
  if (Object.keys(kept).length !== FIELDS.length || !FIELDS.every(field => field in kept)) return undefined;
  const { annotations, finalizers, labels, name, namespace, ownerReferences, _additionalAttributes: given } = kept;
  if (typeof given !== 'object' || given === null) return undefined;
  const fields = { annotations, finalizers, labels, name, namespace, ownerReferences };
  return Object.keys(given).every(field => field in fields) ? fields : { ...given, ...fields };
}
