import { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { MEMBERS_PATH } from './members-path';
import type { MountSource } from './mount-source';
import { checked } from '../input/check-input';
import type { StorageProps } from '../storage/storage-props';
import type { VolumeDataSource } from '../storage/volume-data-source';
import type { MemberNames } from '../workload/member-names';

/** Sufficient for sockets, process ids and files of scripts. Bulk data of a server belongs on its volume. */
const DEFAULT_LIMIT = Size.mebibytes(128);

/** Options of a claim mount. */
export interface ClaimMountOptions {
  /**
   * The property with the storage, for error messages.
   *
   * @default 'storage'
   */
  readonly property?: string;
}

/** Options of a writable folder. */
export interface FolderMountOptions {
  /**
   * The name of the volume.
   *
   * @default - 'writable' and the path
   */
  readonly name?: string;

  /**
   * The size limit. A Pod that writes more is evicted.
   *
   * @default Size.mebibytes(128)
   */
  readonly limit?: Size;

  /**
   * Whether the folder is in memory, which counts towards the memory of the containers, and never on disk. For files
   * with passwords.
   *
   * @default false
   */
  readonly inMemory?: boolean;
}

/** A mount of the containers of a member. */
export class MemberMount {
  /**
   * A persistent volume for each member.
   *
   * @param name the name of the claim template
   * @param path the mount path
   * @param storage the storage properties
   * @param options the property for error messages
   */
  @checked
  public static claim(name: string, path: string, storage: StorageProps, options: ClaimMountOptions = {}): MemberMount {
    return new MemberMount(name, path, { kind: 'claim', storage, property: options.property ?? 'storage' });
  }

  /**
   * Read-only files from a ConfigMap that is named by their content: changed files roll the members. Without files,
   * nothing is mounted.
   *
   * @param name the part of the ConfigMap's name that follows the name of the set
   * @param path the folder
   * @param files the contents by file name
   */
  @checked
  public static files(name: string, path: string, files: { [name: string]: string }): MemberMount {
    return new MemberMount(name, path, { kind: 'files', files: { ...files } }); // later changes by the caller must not affect the manifests
  }

  /**
   * Read-only files with the values of a Secret. They are updated in running Pods when the Secret changes.
   *
   * @param name the name of the volume
   * @param path the folder
   * @param secret the Secret
   * @param items the file name for each key
   */
  @checked
  public static secret(name: string, path: string, secret: kplus.ISecret, items: { [key: string]: string }): MemberMount {
    return new MemberMount(name, path, { kind: 'secret', secret, items: { ...items } });
  }

  /**
   * The file `/etc/cdk8s-stateful/set/members` with the declared number of members. It is updated in running Pods, and
   * changes do not roll them.
   *
   * @param further additional numbers, by file name
   */
  @checked
  public static memberCount(further: { [file: string]: number } = {}): MemberMount {
    return new MemberMount('members', MEMBERS_PATH, { kind: 'memberCount', further: { ...further } });
  }

  /**
   * The same for another group, in a folder of your choice.
   *
   * @param name the name of the volume
   * @param path the folder that contains the file `members`
   * @param group the other group
   */
  @checked
  public static memberCountOf(name: string, path: string, group: MemberNames): MemberMount {
    return new MemberMount(name, path, { kind: 'memberCount', of: group });
  }

  /**
   * A writable folder that is deleted with the Pod, since the root file system is read-only.
   *
   * @param path the folder
   * @param options the name and the limit
   */
  @checked
  public static folder(path: string, options: FolderMountOptions = {}): MemberMount {
    const name = options.name ?? `writable${path.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-$/, '');
    return new MemberMount(name, path, { kind: 'folder', limit: options.limit ?? DEFAULT_LIMIT, inMemory: options.inMemory ?? false });
  }

  /**
   * `/dev/shm`, which counts towards the memory of the containers.
   *
   * @param size the size limit
   */
  @checked
  public static sharedMemory(size: Size): MemberMount {
    return new MemberMount('shm', '/dev/shm', { kind: 'folder', limit: size, inMemory: true });
  }

  /**
   * An existing volume.
   *
   * @internal
   */
  public static _volume(path: string, storage: kplus.IStorage, { readOnly }: { readonly readOnly: boolean }): MemberMount {
    return new MemberMount(storage.asVolume().name, path, { kind: 'volume', storage, readOnly });
  }

  private constructor(
    /** The name of the volume. */
    public readonly name: string,
    /** The mount path. */
    public readonly path: string,
    /** @internal */
    public readonly _source: MountSource,
    /**
     * The names of the containers that mount it; all containers if undefined.
     *
     * @internal
     */
    public readonly _containers?: readonly string[],
  ) {}

  /**
   * The same mount, but only for the named containers.
   *
   * @internal
   */
  public _onlyIn(...containers: string[]): MemberMount {
    return new MemberMount(this.name, this.path, this._source, containers);
  }

  /**
   * The same mount, if it is a claim, but the volume of the first member has this content at first: that of a `restoreFrom`.
   *
   * @internal
   */
  public _beginningWith(first: VolumeDataSource): MemberMount {
    const { _source: source } = this;
    return source.kind === 'claim' ? new MemberMount(this.name, this.path, { ...source, first }, this._containers) : this;
  }

  /**
   * The names of the files, for mounts of files.
   *
   * @internal
   */
  public get _fileNames(): string[] {
    return this._source.kind === 'files' ? Object.keys(this._source.files) : [];
  }
}
