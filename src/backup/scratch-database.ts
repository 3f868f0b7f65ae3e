import type * as kplus from 'cdk8s-plus-28';
import type { CheckRecipe } from './check-recipe';
import type { MemberGroup } from '../kit/design';

/** A database that a backup is restored into, to be thrown away: a single member. */
export interface ScratchDatabase {
  /** The member, which restores the backup by the containers that come before its server. */
  readonly member: MemberGroup;
  readonly check: CheckRecipe;
  /** The Secret of the database that was backed up. Of it, only the name of the user is read. */
  readonly secret: kplus.ISecret;
  /** The file of each of its keys. */
  readonly secretItems: { [key: string]: string };
  /** The folder of these files. */
  readonly credentialsPath: string;
}
