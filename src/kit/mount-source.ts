import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { Files } from './files';
import type { StorageProps } from '../storage/storage-props';
import type { MemberNames } from '../workload/member-names';

/** The source of a mount. */
export type MountSource =
  | { readonly kind: 'claim'; readonly storage: StorageProps; readonly property: string }
  | { readonly kind: 'files'; readonly files: Files }
  | { readonly kind: 'secret'; readonly secret: kplus.ISecret; readonly items: { readonly [key: string]: string } }
  | { readonly kind: 'volume'; readonly storage: kplus.IStorage; readonly readOnly: boolean }
  | { readonly kind: 'memberCount'; readonly of?: MemberNames; readonly further?: { readonly [file: string]: number } }
  | { readonly kind: 'folder'; readonly limit: Size; readonly inMemory: boolean };
