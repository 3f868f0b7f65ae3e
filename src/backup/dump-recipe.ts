import type * as kplus from 'cdk8s-plus-28';

/** How an engine writes a database to files, and reads it back. */
export interface DumpRecipe {
  /** The product: a backup is restored into the same one only. */
  readonly product: string;
  /** The image that has the tools, and what runs it: uid and gid. */
  readonly image: string;
  /** The user id, and the group id, of the tools in the image. */
  readonly user: number;
  /** The port of the server. */
  readonly port: number;
  /** The members that may be read, by their DNS names, best first. */
  readonly hosts: string[];
  /** The script `dump.sh FOLDER`: writes the files and prints the release of the server. */
  readonly dump: string;
  /** The script `load.sh [FOLDER]`: loads the files on a server that is being made; without a folder prints the release that it loads into. */
  readonly load: string;
  /** Further variables of both scripts. */
  readonly env: { [name: string]: string };
  /** The Secret with the credentials. */
  readonly secret: kplus.ISecret;
  /** The file of each of its keys. */
  readonly secretItems: { [key: string]: string };
  /** The folder of these files. */
  readonly credentialsPath: string;
  /** A file or folder that is there once the data of a member is. */
  readonly data: string;
  /** What the tools may use, unless the user says. */
  readonly resources: kplus.ContainerResources;
}
