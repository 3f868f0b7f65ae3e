import { ApiObject, type JsonPatch, Lazy } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Files } from './files';
import { contentHash, type Contents } from '../base/content-hash';
import { OwnApiObject } from '../base/own-api-object';
import { ownMetadata } from '../base/own-object';
import { takeName } from '../base/taken-names';
import { volumeStandIn } from '../pod/stand-ins';
import type { StatefulWorkload } from '../workload/stateful-workload';

/**
 * Annotations for tools that prune: Pods of an older revision, and a rollback to it, need the ConfigMap of that
 * revision. Argo CD prunes it last, after a healthy sync; Flux does not prune it.
 */
const PRUNING = { 'argocd.argoproj.io/sync-options': 'PruneLast=true', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' };

/**
 * Files in the Pods of a set: a ConfigMap `<set>-<name>-<hash of its content>`, which is rendered before the set, and
 * the volume `name` for it. The files are evaluated at rendering.
 *
 * The ConfigMap is immutable: changed files result in a new one, so that each revision of the set keeps its own files.
 * See docs/decisions/0016-files-belong-to-a-revision.md.
 */
export function configFiles(set: StatefulWorkload, name: string, files: () => Files): kplus.Volume {
  const configMap = contentConfigMap({ scope: set, name: set.name, workload: set.workload }, name, files);
  set._addOwnConfigMap(() => configMap.contentName);
  return filesVolume(configMap, name, set);
}

/** The owner of files: the construct that the volumes belong to, and the workload, whose name is the prefix of the ConfigMap's. */
export interface FilesOwner {
  readonly scope: Construct;
  readonly name: string;
  readonly workload: kplus.Workload;
}

/** The same for a workload other than a set, which does not look for ConfigMaps of the user. */
export function configFilesOf(owner: FilesOwner, name: string, files: () => Files): kplus.Volume {
  return filesVolume(contentConfigMap(owner, name, files), name, owner.scope);
}

function contentConfigMap({ scope, name: set, workload }: FilesOwner, name: string, files: () => Files): ContentConfigMap {
  takeName(scope, 'ConfigMap', `${set}-${name}`);
  const configMap = new ContentConfigMap(scope, `Files-${name}`, set, name, files);
  ApiObject.of(workload).addDependency(configMap);
  return configMap;
}

function filesVolume(configMap: ContentConfigMap, name: string, owner: Construct): kplus.Volume {
  return volumeStandIn(configMap, { name, configMap: { get name() { return configMap.contentName; } } }, owner);
}

/** A plain ApiObject, like Services, budgets and policies: the typed one is traversed twice at synthesis. */
class ContentConfigMap extends OwnApiObject {
  /** Caches the name for the files that were rendered last, since the set needs it several times per synthesis. */
  private rendered?: { readonly files: Files; readonly name: string };

  public constructor(scope: Construct, id: string, set: string, name: string, private readonly files: () => Files) {
    super(scope, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...ownMetadata(`${set}-${name}`, set), annotations: PRUNING },
      immutable: true,
      data: Lazy.any({ produce: () => ({ ...files() }) }), // cdk8s does not render objects without a prototype
    });
  }

  /** The name in the cluster. It is derived from what is rendered, including JSON patches of the user. */
  public get contentName(): string {
    return this.rendered?.files === this.files() ? this.rendered.name : this.toJson().metadata.name;
  }

  public addJsonPatch(...operations: JsonPatch[]): void {
    super.addJsonPatch(...operations);
    this.rendered = undefined;
  }

  public toJson(): Contents & { metadata: { name: string } } {
    const json = super.toJson() as Contents & { metadata: object };
    const name = `${this.name}-${contentHash(this, json)}`;
    this.rendered = { files: this.files(), name };
    return { ...json, metadata: { ...json.metadata, name } };
  }
}
