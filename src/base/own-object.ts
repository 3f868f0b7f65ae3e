import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import { recommendedLabels } from './labels';
import { takeName } from './taken-names';

/** What an object of ours is, and what it is called. */
export interface OwnObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /**
   * The product or set that it belongs to.
   *
   * @default - its own name
   */
  readonly instance?: string;
  /**
   * Its namespace.
   *
   * @default - that of the chart
   */
  readonly namespace?: string;
}

/** Renders an object of a name that is not taken, with the recommended labels. Throws, and renders nothing, if somebody has the name. */
export function ownObject(scope: Construct, id: string, object: OwnObject, content: object): ApiObject {
  const { apiVersion, kind, name, instance, namespace } = object;
  takeName(scope, kind, name, namespace);
  return new ApiObject(scope, id, { apiVersion, kind, metadata: { ...ownMetadata(name, instance), namespace }, ...content });
}

/** The name and the labels of an object of ours, for constructs that are the object themselves and take the name later. */
export function ownMetadata(name: string, instance = name): ApiObjectMetadata {
  return { name, labels: recommendedLabels(instance) };
}
