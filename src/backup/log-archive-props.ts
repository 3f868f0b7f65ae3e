import type * as kplus from 'cdk8s-plus-28';
import type { BackupDestination } from './backup-destination';
import type { StorageProps } from '../storage/storage-props';

/** Properties of a log archive. */
export interface LogArchiveProps {
  /** Where the log goes: the destination of the backups that it continues. */
  readonly destination: BackupDestination;

  /**
   * Whether each commit waits until the archiver has written it to disk, so that the archive has everything that was acknowledged. Writes then stop while the
   * archiver is down or its volume is full. PostgreSQL only; throws with the parameter `synchronous_standby_names`, and with a `synchronous_commit` other
   * than 'on'. A change restarts the database.
   *
   * @see https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION
   * @default false
   */
  readonly synchronous?: boolean;

  /**
   * The volume for what is not in the object store yet. If it is full, the server keeps the log for as long as its own limits allow.
   *
   * @default - for an object store a volume of 10 GiB, of the class of the database. A claim needs none, and refuses it: the log is written there at once
   */
  readonly storage?: StorageProps;

  /**
   * The name of the StatefulSet that archives, at most 52 characters.
   *
   * @default - the name of the database and the id in kebab-case
   */
  readonly name?: string;

  /**
   * The image of the container that receives the log, with the tools of the database, bash, awk and the GNU core utilities. MySQL needs one, as its official
   * image does not have `mysqlbinlog`: for example that of Percona Server of the same release.
   *
   * @default - the image of the database
   */
  readonly image?: string;

  /**
   * What the container that receives the log may use, and the one that sends it to an object store.
   *
   * @default - those of the backups: cpu request 100m, memory request and limit 512 MiB
   */
  readonly resources?: kplus.ContainerResources;
}
