import type * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { configFiles } from './config-files';
import { type Files, requireFiles } from './files';
import type { MemberMount } from './member-mount';
import { memberCountVolume, membersVolume } from './members-file';
import type { ClaimSource, MountSource } from './mount-source';
import { folderVolume, secretVolume } from './pod-volumes';
import { claimRequest, claimTemplateOf } from './product-storage';
import type { ClaimTemplate } from '../storage/claim-template';
import type { VolumeRetention } from '../storage/volume-retention';
import type { MemberNames } from '../workload/member-names';
import type { StatefulWorkload } from '../workload/stateful-workload';

interface Mounted {
  readonly path: string;
  readonly storage: kplus.IStorage;
  readonly readOnly?: boolean;
  readonly containers?: readonly string[];
}

/** The volumes for the mounts of a group. */
export class MemberMounts {
  /** The claim retention of a group: a StatefulSet has one setting for all claims. */
  public static retentionOf(mounts: MemberMount[]): VolumeRetention | undefined {
    return mounts.map(({ _source: source }) => source.kind === 'claim' ? source.storage.retention : undefined).find(retention => retention !== undefined);
  }

  private mounted: Mounted[] = [];
  private readonly files = new Map<string, Files>();

  public constructor(private readonly scope: Construct, private readonly set: StatefulWorkload, private readonly names: MemberNames) {}

  public create(mounts: MemberMount[]): this {
    this.replaceFiles(mounts);
    this.mounted = mounts.filter(mount => !isEmpty(mount)).map(mount => ({ ...this.mount(mount), containers: mount._containers }));
    return this;
  }

  /** Replaces the contents of the files, but keeps the folders. */
  public replaceFiles(mounts: MemberMount[]): void {
    for (const { name, _source: source } of mounts) {
      if (source.kind !== 'files') continue;
      requireFiles(this.scope, name, source.files);
      this.files.set(name, source.files);
    }
  }

  /** Adds files to a folder that has some, or replaces those of the same names. */
  public addFiles(name: string, added: Files): void {
    const files = { ...this.files.get(name), ...added };
    requireFiles(this.scope, name, files);
    this.files.set(name, files);
  }

  /** Adds all mounts to a container, so that init containers have the same mounts as the server. */
  public mountInto(container: kplus.Container): void {
    for (const { path, storage, readOnly, containers } of this.mounted) {
      if (containers?.includes(container.name) ?? true) container.mount(path, storage, { readOnly });
    }
  }

  private mount({ name, path, _source: source }: MemberMount): Mounted {
    const { set, names } = this;
    switch (source.kind) {
      case 'claim':
        return { path, storage: this.claim(names.claimTemplate(name), source) };
      case 'files':
        return { path, storage: configFiles(set, name, () => this.files.get(name) ?? {}), readOnly: true };
      case 'secret':
        return { path, storage: secretVolume(set, name, source), readOnly: true };
      case 'volume':
        return { path, storage: source.storage, readOnly: source.readOnly };
      case 'memberCount':
        return { path, storage: this.memberCount(name, source), readOnly: true };
      case 'folder':
        return { path, storage: folderVolume(set, name, source) };
    }
  }

  private claim(name: string, { property, storage, first }: ClaimSource): ClaimTemplate {
    const props = claimTemplateOf(this.scope, property, storage);
    const claim = this.set._addClaim(name, props, claimRequest(this.scope, property));
    if (first !== undefined) this.set._beginWith(claim, { ...props, dataSource: first }, { by: this.scope, nameOf: ofRestore(property) });
    return claim;
  }

  private memberCount(name: string, { of, further }: MountSource & { readonly kind: 'memberCount' }): kplus.Volume {
    return of === undefined ? membersVolume(this.set, further) : memberCountVolume(this.set, name, of);
  }
}

/** What the user calls the properties of the claim that a restore makes. */
function ofRestore(property: string): (name: string) => string {
  return name => name === 'dataSource' ? 'restoreFrom' : `${property}.${name}`;
}

function isEmpty({ _source: source }: MemberMount): boolean {
  return source.kind === 'files' && Object.keys(source.files).length === 0;
}
