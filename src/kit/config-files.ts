import { ApiObject, type JsonPatch, Lazy } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Files } from './files';
import { contentHash, type Contents } from '../base/content-hash';
import { ownMetadata } from '../base/own-object';
import { takeName } from '../base/taken-names';
import { volumeStandIn } from '../pod/stand-ins';
import type { StatefulWorkload } from '../workload/stateful-workload';

/**
 * What tools that prune have to know: Pods of an older revision, and a rollback to it, need the ConfigMap of that revision.
 * Argo CD waits until the sync is done and healthy; Flux leaves it alone.
 */
const PRUNING = { 'argocd.argoproj.io/sync-options': 'PruneLast=true', 'kustomize.toolkit.fluxcd.io/prune': 'disabled' };

/**
 * Files in the Pods of a set: a ConfigMap `<set>-<name>-<hash of its content>`, which is written before the set, and the
 * volume `name` that shows it. The files are asked for when they render.
 *
 * It is immutable: other files are another ConfigMap, so that each revision of the set has those that it was made with.
 * See docs/decisions/0016-files-belong-to-a-revision.md.
 */
export function configFiles(set: StatefulWorkload, name: string, files: () => Files): kplus.Volume {
  const configMap = contentConfigMap({ scope: set, name: set.name, workload: set.workload }, name, files);
  set._addOwnConfigMap(() => configMap.contentName);
  return filesVolume(configMap, name, set);
}

/** Who has files: the construct that its volumes belong to, and the workload, whose name begins that of the ConfigMap. */
export interface FilesOwner {
  readonly scope: Construct;
  readonly name: string;
  readonly workload: kplus.Workload;
}

/** The same for a workload that is no set, and looks for no ConfigMaps of the user. */
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

/** A plain ApiObject, like Services, budgets and policies: the typed one is walked twice at synthesis. */
class ContentConfigMap extends ApiObject {
  /** Of the files that were rendered last: the set asks for the name several times in each synthesis. */
  private rendered?: { readonly files: Files; readonly name: string };

  public constructor(scope: Construct, id: string, set: string, name: string, private readonly files: () => Files) {
    super(scope, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...ownMetadata(`${set}-${name}`, set), annotations: PRUNING },
      immutable: true,
      data: Lazy.any({ produce: () => ({ ...files() }) }), // cdk8s renders no object without a prototype
    });
  }

  /** The name that it has in the cluster. Of what is rendered, so that it follows the patches of the user too. */
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
