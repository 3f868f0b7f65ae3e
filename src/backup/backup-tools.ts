import type * as kplus from 'cdk8s-plus-28';
import type { CheckRecipe } from './check-recipe';

/** What the tools of an engine need to back up and to restore. */
export interface BackupTools {
  /** The product: a backup is restored into the same one only. */
  readonly product: string;
  /** The image that has the tools. */
  readonly image: string;
  /** The user id, and the group id, of the tools in the image. */
  readonly user: number;
  /** The port of the server. */
  readonly port: number;
  /** The members that may be read, by their DNS names, best first. */
  readonly hosts: string[];
  /**
   * Files beside the scripts that back up, by name.
   *
   * @default - none
   */
  readonly files?: { [name: string]: string };
  /** Further variables of all scripts. */
  readonly env: { [name: string]: string };
  /** The Secret with the credentials. */
  readonly secret: kplus.ISecret;
  /** The file of each of its keys. */
  readonly secretItems: { [key: string]: string };
  /** The folder of these files. */
  readonly credentialsPath: string;
  /** A file or folder that is there once the data of a member is. */
  readonly data: string;
  /**
   * A file that is there while the data is made, and `data` may be a part of it only.
   *
   * @default - `data` is there when all of it is
   */
  readonly unfinished?: string;
  /** What the tools may use, unless the user says. */
  readonly resources: kplus.ContainerResources;
  /**
   * How a restored database is checked.
   *
   * @default - backups cannot be verified
   */
  readonly check?: CheckRecipe;
}
