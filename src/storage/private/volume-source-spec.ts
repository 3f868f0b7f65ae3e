import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { invalid } from '../../base/errors';
import type { StorageCapabilities } from '../storage-capabilities';

/** The fields of a PersistentVolume that say where its bytes are. */
export type SourceFields = Pick<kplus.k8s.PersistentVolumeSpec, 'csi' | 'fc' | 'hostPath' | 'iscsi' | 'local' | 'nfs'>;

/** Where the bytes of a PersistentVolume are, and what we know about it. */
export interface VolumeSourceSpec {
  /** What it is, in errors: `a local volume`. */
  readonly what: string;
  readonly kube: SourceFields;
  readonly capabilities?: StorageCapabilities;
  /** The nodes that reach it, if the source says so. */
  readonly nodes?: kplus.k8s.NodeSelectorRequirement[];
  /** Whether its CSI driver cannot delete it. */
  readonly undeletable?: boolean;
  /** Whether it is of use only with a node affinity of the volume. */
  readonly nodeBound?: boolean;
}

/** Nodes whose label `key` is `value`, or one of several, if any is given. */
export function nodesIn(key: string, value: string | string[] | undefined): kplus.k8s.NodeSelectorRequirement[] | undefined {
  return value === undefined ? undefined : [{ key, operator: 'In', values: [value].flat() }];
}

/** Throws unless the path is absolute and does not lead upwards. */
export function requireAbsolutePath(where: string, path: string): string {
  if (!path.startsWith('/') || path.split('/').includes('..')) {
    throw invalid(where, { property: 'path', got: path, expected: "a path that begins with '/' and has no '..'" });
  }
  return path;
}

/** Throws unless a text is there. */
export function requireText(where: IConstruct | string, property: string, text: string, expected: string): string {
  if (text.trim() === '') throw invalid(where, { property, got: text, expected });
  return text;
}
