import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';
import { checked } from '../input/check-input';
import type { IStorageClass } from '../storage/i-storage-class';
import type { IVolumeSnapshotClass } from '../storage/i-volume-snapshot-class';

/** An object store, as rclone reaches it. */
export interface ObjectStoreOptions {
  /** The name of the remote in rclone's configuration, without the colon: `s3`. */
  readonly remote: string;

  /** The path within the remote: the bucket, and a folder if you like. Each database has a folder of its own below it. */
  readonly path: string;

  /**
   * The Secret with rclone's configuration: the remote, and a `crypt` remote around it to encrypt the backups.
   *
   * @see https://rclone.org/docs/#configure
   */
  readonly config: kplus.ISecret;

  /**
   * The key of the Secret that holds the file.
   *
   * @default 'rclone.conf'
   */
  readonly configKey?: string;

  /**
   * How much room a Job has for a backup until it is uploaded, and a new database for one that it restores, with all that an incremental one builds on.
   *
   * @default - as much as the volume of the database; twice as much for the Job of a physical backup
   */
  readonly stagingSize?: Size;

  /**
   * The class of the volume that gives a Job this room. Its reclaim policy has to be Delete.
   *
   * @default - the disk of the node, where a Pod that writes more than `stagingSize` is evicted
   */
  readonly stagingClass?: IStorageClass;

  /**
   * The image of rclone.
   *
   * @default 'docker.io/rclone/rclone:1.75.1'
   */
  readonly image?: string;
}

/** How snapshots are taken. */
export interface SnapshotOptions {
  /**
   * The snapshot class. To delete what `keep` does not keep, it needs `SnapshotDeletionPolicy.DELETE`.
   *
   * @default - the default snapshot class of the driver of the volume
   */
  readonly snapshotClass?: IVolumeSnapshotClass;

  /**
   * The image of the Job: see `SnapshotScheduleProps.image`.
   *
   * @default 'docker.io/curlimages/curl:8.15.0'
   */
  readonly image?: string;
}

const RCLONE_IMAGE = 'docker.io/rclone/rclone:1.75.1';

/** Where backups go. */
export class BackupDestination {
  /**
   * A volume: of file storage, which several Pods can mount, or of a disk, which one node mounts at a time.
   *
   * It protects against mistakes and a lost volume. A backup that has to survive the storage system goes to an object store.
   *
   * @param claim a claim of this library or of cdk8s-plus, in the namespace of the database
   */
  @checked
  public static claim(claim: kplus.IStorage): BackupDestination {
    return new BackupDestination({ kind: 'claim', claim });
  }

  /**
   * A store of objects, or anything else that rclone reaches: S3, Google Cloud Storage, Azure, WebDAV, SFTP …
   *
   * @param options which
   * @see https://rclone.org/overview/
   */
  @checked
  public static objectStore(options: ObjectStoreOptions): BackupDestination {
    const { remote, path } = options;
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.+@ -]*$/.test(remote)) {
      throw invalid('BackupDestination.objectStore', { property: 'remote', got: remote, expected: 'the name of a remote in the configuration of rclone, without a colon' });
    }
    if (!/^[^/\s][^\s]*$/.test(path)) {
      throw invalid('BackupDestination.objectStore', { property: 'path', got: path, expected: 'a bucket and, if you like, a folder, without white space and a leading slash' });
    }
    return new BackupDestination({
      kind: 'objectStore',
      target: `${remote}:${path.replace(/\/+$/, '')}`,
      config: options.config,
      configKey: options.configKey ?? 'rclone.conf',
      stagingSize: options.stagingSize,
      stagingClass: options.stagingClass,
      image: options.image ?? RCLONE_IMAGE,
    });
  }

  /**
   * Snapshots of the volume of the server, by the driver of its storage class: fast, whatever the size, but in the same storage system. It needs
   * the snapshot controller and a driver with snapshots. A snapshot is restored in the namespace of its database.
   *
   * @param options the class and the image
   * @see https://kubernetes.io/docs/concepts/storage/volume-snapshots/
   */
  @checked
  public static snapshots(options: SnapshotOptions = {}): BackupDestination {
    return new BackupDestination({ kind: 'snapshots', ...options });
  }

  private constructor(
    /** @internal */
    public readonly _target: BackupTarget,
  ) {}

  /**
   * Where files go. Throws if none can.
   *
   * @param what what is made of files, for the error
   * @internal
   */
  public _files(where: IConstruct | string, what: string): FilesTarget {
    if (this._target.kind !== 'snapshots') return this._target;
    throw conflict(where, `${what} consists of files, which a destination of snapshots cannot hold`, "Use 'BackupDestination.claim' or 'BackupDestination.objectStore'.");
  }

  /**
   * Whether both are the same place.
   *
   * @internal
   */
  public _equals({ _target: other }: BackupDestination): boolean {
    const { _target: own } = this;
    if (own.kind === 'claim') return other.kind === 'claim' && own.claim === other.claim;
    if (own.kind === 'snapshots') return false; // nothing else goes there
    return other.kind === 'objectStore' && own.target === other.target && own.config.name === other.config.name && own.configKey === other.configKey;
  }
}

/** What a destination is. */
export type BackupTarget = FilesTarget | SnapshotsTarget;

/** Where files go. */
export type FilesTarget = ClaimTarget | ObjectStoreTarget;

/** A volume. */
export interface ClaimTarget {
  readonly kind: 'claim';
  readonly claim: kplus.IStorage;
}

/** An object store. */
export interface ObjectStoreTarget {
  readonly kind: 'objectStore';
  /** As rclone names it: remote:path. */
  readonly target: string;
  readonly config: kplus.ISecret;
  readonly configKey: string;
  readonly stagingSize?: Size;
  readonly stagingClass?: IStorageClass;
  readonly image: string;
}

/** The snapshots of a driver. */
export interface SnapshotsTarget extends SnapshotOptions {
  readonly kind: 'snapshots';
}
