import type { ApiObject, ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import { recommendedLabels } from './labels';
import { OwnApiObject } from './own-api-object';
import { takeName } from './taken-names';

/** The type and name of an object that the library renders. */
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
   * The namespace of the object.
   *
   * @default - that of the chart
   */
  readonly namespace?: string;
}

/** Creates an object with the recommended labels. Throws, and creates nothing, if its name is taken. */
export function ownObject(scope: Construct, id: string, object: OwnObject, content: object): ApiObject {
  const { apiVersion, kind, name, instance, namespace } = object;
  takeName(scope, kind, name, namespace);
  return new OwnApiObject(scope, id, { apiVersion, kind, metadata: { ...ownMetadata(name, instance), namespace }, ...content });
}

/** The name and labels of an object, for constructs that are the object themselves and take the name later. */
export function ownMetadata(name: string, instance = name): ApiObjectMetadata {
  return { name, labels: recommendedLabels(instance) };
}
