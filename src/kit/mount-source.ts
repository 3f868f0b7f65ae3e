import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Files } from './files';
import type { StorageProps } from '../storage/storage-props';
import type { VolumeDataSource } from '../storage/volume-data-source';
import type { MemberNames } from '../workload/member-names';

/** The source of a mount. */
export type MountSource =
  | ClaimSource
  | { readonly kind: 'files'; readonly files: Files }
  | { readonly kind: 'secret'; readonly secret: kplus.ISecret; readonly items: { readonly [key: string]: string } }
  | { readonly kind: 'volume'; readonly storage: kplus.IStorage; readonly readOnly: boolean }
  | { readonly kind: 'memberCount'; readonly of?: MemberNames; readonly further?: { readonly [file: string]: number } }
  | { readonly kind: 'folder'; readonly limit: Size; readonly inMemory: boolean };

/** A claim of each member. */
export interface ClaimSource {
  readonly kind: 'claim';
  readonly storage: StorageProps;
  /** What the user calls the storage. */
  readonly property: string;
  /** What the volume of the first member begins with, if not as those of all members. */
  readonly first?: VolumeDataSource;
}
