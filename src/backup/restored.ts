import type { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { ObjectStoreTarget } from './backup-destination';
import { BACKUPS_PATH, RCLONE_ENV, RCLONE_PATH, SCRIPTS_PATH } from './backup-paths';
import type { DumpRecipe } from './dump-recipe';
import type { RestoreSource } from './restore-source';
import { FETCH_SH, RESTORE_SH, STORE_SH } from './scripts/shell';
import type { MemberContainer, MemberGroup } from '../kit/design';
import { MemberMount } from '../kit/member-mount';

/** The init scripts of a database that begins with a backup: the image runs them once, when the data is new. */
export const RESTORE_INIT_SCRIPTS = { 'restore.sh': `bash ${SCRIPTS_PATH}/restore.sh\n` };

/** The container that makes the data, in every engine that restores, and the one before it that fetches a backup. */
const MAKES_DATA = 'prepare';
const FETCH = 'fetch';

/** A group whose first data is a backup: a member that has data never looks at it. */
export function restored(group: MemberGroup, source: RestoreSource, recipe: DumpRecipe, size: Size): MemberGroup {
  const { _destination: { _target: target }, _database: database, _backup: backup } = source;
  const env = plain({ ...recipe.env, BACKUPS: `${BACKUPS_PATH}/${database}`, BACKUP: backup, PRODUCT: recipe.product });
  const scripts = MemberMount.files('restore', SCRIPTS_PATH, { 'restore.sh': RESTORE_SH, 'load.sh': recipe.load, 'fetch.sh': FETCH_SH, 'store.sh': STORE_SH });
  const prepare = (group.prepare ?? []).map(step => step.name === MAKES_DATA ? { ...step, env: { ...step.env, ...env } } : step);
  const mounts = [...group.mounts, scripts._onlyIn(FETCH, MAKES_DATA)];
  if (target.kind === 'claim') return { ...group, prepare, mounts: [...mounts, MemberMount._volume(BACKUPS_PATH, target.claim)._onlyIn(MAKES_DATA)] };
  return {
    ...group,
    prepare: [fetch(target, database, recipe, env), ...prepare],
    mounts: [
      ...mounts,
      MemberMount.folder(BACKUPS_PATH, { name: 'backups', limit: target.stagingSize ?? size })._onlyIn(FETCH, MAKES_DATA),
      MemberMount.secret('rclone', RCLONE_PATH, target.config, { [target.configKey]: 'rclone.conf' })._onlyIn(FETCH),
    ],
  };
}

type Variables = { [name: string]: kplus.EnvValue };

function fetch(target: ObjectStoreTarget, database: string, { data, resources }: DumpRecipe, env: Variables): MemberContainer {
  return {
    name: FETCH,
    image: target.image,
    command: ['sh', `${SCRIPTS_PATH}/fetch.sh`],
    resources,
    env: { ...env, ...plain({ ...RCLONE_ENV, TARGET: `${target.target}/${database}`, DATA: data }) },
  };
}

function plain(values: { [name: string]: string }): Variables {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, kplus.EnvValue.fromValue(value)]));
}
