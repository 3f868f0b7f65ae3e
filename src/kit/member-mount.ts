import { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { MEMBERS_PATH } from './members-path';
import type { MountSource } from './mount-source';
import { checked } from '../input/check-input';
import type { StorageProps } from '../storage/storage-props';
import type { MemberNames } from '../workload/member-names';

/** Sockets, process ids, and what scripts leave behind: what a server itself writes in bulk belongs on the volume. */
const DEFAULT_LIMIT = Size.mebibytes(128);

/** How a claim of each member is made. */
export interface ClaimMountOptions {
  /**
   * What the user calls its storage, for messages.
   *
   * @default 'storage'
   */
  readonly property?: string;
}

/** A writable folder. */
export interface FolderMountOptions {
  /**
   * The name of the volume.
   *
   * @default - 'writable' and the path
   */
  readonly name?: string;

  /**
   * How much it may hold, on the disk of the node. A Pod that writes more is evicted.
   *
   * @default Size.mebibytes(128)
   */
  readonly limit?: Size;

  /**
   * Whether it is in memory, which counts as that of the containers, and never on a disk: for files with passwords.
   *
   * @default false
   */
  readonly inMemory?: boolean;
}

/** Something that the containers of a member see at a path. */
export class MemberMount {
  /**
   * A volume of its own for each member, which outlives its Pods.
   *
   * @param name the name of the claim template
   * @param path where the containers see it
   * @param storage what the user asked for
   * @param options what the user calls it
   */
  @checked
  public static claim(name: string, path: string, storage: StorageProps, options: ClaimMountOptions = {}): MemberMount {
    return new MemberMount(name, path, { kind: 'claim', storage, property: options.property ?? 'storage' });
  }

  /**
   * Files, read-only, in a ConfigMap that is named by their content: other files roll the members. Nothing is mounted if there are none.
   *
   * @param name what follows the name of the set in that of the ConfigMap
   * @param path the folder
   * @param files the contents by file name
   */
  @checked
  public static files(name: string, path: string, files: { [name: string]: string }): MemberMount {
    return new MemberMount(name, path, { kind: 'files', files: { ...files } }); // what the caller changes later must not reach the manifests
  }

  /**
   * Values of a Secret as files, read-only. They change in running Pods when the Secret does.
   *
   * @param name the name of the volume
   * @param path the folder
   * @param secret the Secret
   * @param items the file of each key
   */
  @checked
  public static secret(name: string, path: string, secret: kplus.ISecret, items: { [key: string]: string }): MemberMount {
    return new MemberMount(name, path, { kind: 'secret', secret, items: { ...items } });
  }

  /**
   * The file `/etc/cdk8s-stateful/set/members`: how many members the manifests declare. It changes in running Pods too, and rolls nothing.
   *
   * @param further further numbers, in files of these names
   */
  @checked
  public static memberCount(further: { [file: string]: number } = {}): MemberMount {
    return new MemberMount('members', MEMBERS_PATH, { kind: 'memberCount', further: { ...further } });
  }

  /**
   * The same of another group, in a folder of choice.
   *
   * @param name the name of the volume
   * @param path the folder, which has the file `members`
   * @param group the other group
   */
  @checked
  public static memberCountOf(name: string, path: string, group: MemberNames): MemberMount {
    return new MemberMount(name, path, { kind: 'memberCount', of: group });
  }

  /**
   * A folder that may be written to, and that ends with the Pod: the root file system is read-only.
   *
   * @param path the folder
   * @param options its name and limit
   */
  @checked
  public static folder(path: string, options: FolderMountOptions = {}): MemberMount {
    const name = options.name ?? `writable${path.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-$/, '');
    return new MemberMount(name, path, { kind: 'folder', limit: options.limit ?? DEFAULT_LIMIT, inMemory: options.inMemory ?? false });
  }

  /**
   * `/dev/shm`, which counts as memory of the containers.
   *
   * @param size at most
   */
  @checked
  public static sharedMemory(size: Size): MemberMount {
    return new MemberMount('shm', '/dev/shm', { kind: 'folder', limit: size, inMemory: true });
  }

  private constructor(
    /** The name of the volume. */
    public readonly name: string,
    /** Where the containers see it. */
    public readonly path: string,
    /** @internal */
    public readonly _source: MountSource,
  ) {}

  /**
   * The names of the files, if it is of files.
   *
   * @internal
   */
  public get _fileNames(): string[] {
    return this._source.kind === 'files' ? Object.keys(this._source.files) : [];
  }
}
