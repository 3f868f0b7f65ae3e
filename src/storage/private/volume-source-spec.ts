import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { invalid } from '../../base/errors';
import type { StorageCapabilities } from '../storage-capabilities';

/** The fields of a PersistentVolume that define its storage. */
export type SourceFields = Pick<kplus.k8s.PersistentVolumeSpec, 'csi' | 'fc' | 'hostPath' | 'iscsi' | 'local' | 'nfs'>;

/** The storage behind a PersistentVolume and what is known about it. */
export interface VolumeSourceSpec {
  /** The name of the source in errors: `a local volume`. */
  readonly what: string;
  readonly kube: SourceFields;
  readonly capabilities?: StorageCapabilities;
  /** The nodes that can access the volume, if the source restricts them. */
  readonly nodes?: kplus.k8s.NodeSelectorRequirement[];
  /** Whether the CSI driver is unable to delete the volume. */
  readonly undeletable?: boolean;
  /** Whether the volume requires a node affinity. */
  readonly nodeBound?: boolean;
}

/** Matches nodes whose label `key` has one of the values; undefined without a value. */
export function nodesIn(key: string, value: string | string[] | undefined): kplus.k8s.NodeSelectorRequirement[] | undefined {
  return value === undefined ? undefined : [{ key, operator: 'In', values: [value].flat() }];
}

/** Throws unless the path is absolute and contains no `..`. */
export function requireAbsolutePath(where: string, path: string): string {
  if (!path.startsWith('/') || path.split('/').includes('..')) {
    throw invalid(where, { property: 'path', got: path, expected: "a path that begins with '/' and has no '..'" });
  }
  return path;
}

/** Throws if the text is blank. */
export function requireText(where: IConstruct | string, property: string, text: string, expected: string): string {
  if (text.trim() === '') throw invalid(where, { property, got: text, expected });
  return text;
}
