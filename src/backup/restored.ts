import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { ObjectStoreTarget } from './backup-destination';
import { BACKUPS_PATH, methodEnv, RCLONE_ENV, RCLONE_PATH, SCRIPTS_PATH } from './backup-paths';
import type { BackupTools } from './backup-tools';
import type { DumpRecipe } from './dump-recipe';
import type { PhysicalRecipe } from './physical-recipe';
import type { RestoreSource } from './restore-source';
import { CHOOSE_ALONE_SH, CHOOSE_SH, FETCH_PHYSICAL_SH, FETCH_SH, RESTORE_SH, STORE_SH } from './scripts/shell';
import type { MemberContainer, MemberGroup } from '../kit/design';
import { MemberMount } from '../kit/member-mount';
import { plainEnv } from '../kit/plain-env';

/** The init scripts of a database that begins with a dump: the image runs them once, when the data is new. */
export const RESTORE_INIT_SCRIPTS = { 'restore.sh': `bash ${SCRIPTS_PATH}/restore.sh\n` };

/** The container that makes the data, in every engine that restores, and those before it that fetch a backup, and make the data of a physical one. */
const MAKES_DATA = 'prepare';
const FETCH = 'fetch';
const RESTORE = 'restore';

type Variables = { [name: string]: kplus.EnvValue };

/** How a restore differs between methods. */
interface Restore {
  readonly tools: BackupTools;
  readonly files: { [name: string]: string };
  /** The variables of the containers that fetch and restore. */
  readonly env: Variables;
  /** The init containers, those of the group among them. */
  readonly prepare: MemberContainer[];
  /** The container that reads the backup. */
  readonly reader: string;
  /** The room for what is fetched. */
  readonly size: Size;
}

/** Where a member restores a part of each dump only: what precedes these scripts, each in its own file. */
interface DumpPart {
  readonly fetch: string;
  readonly restore: string;
}

/** A group whose first data is a dump, and the log after it where the engine has one: a member that has data never looks at it. */
export function restoredFromDump(group: MemberGroup, source: RestoreSource, recipe: DumpRecipe, size: Size, part: DumpPart = { fetch: '', restore: '' }): MemberGroup {
  const { _database: database, _wanted: { method, backup, until = '' } } = source;
  const { log } = recipe;
  const env = plainEnv({
    ...recipe.env, BACKUPS: `${BACKUPS_PATH}/${database}`, BACKUP: backup, PRODUCT: recipe.product, ...log && { ...methodEnv(method), UNTIL: until },
  });
  const prepare = (group.prepare ?? []).map(step => step.name === MAKES_DATA ? { ...step, env: { ...step.env, ...env } } : step);
  const files = {
    'restore.sh': part.restore + RESTORE_SH,
    'load.sh': recipe.load,
    'store.sh': STORE_SH,
    ...log === undefined ? { 'fetch.sh': part.fetch + FETCH_SH } : { 'fetch.sh': FETCH_PHYSICAL_SH, 'choose.sh': CHOOSE_SH, 'replay.sh': log.replay, ...log.replayFiles },
  };
  return restored(group, source, { tools: recipe, files, env, prepare, reader: MAKES_DATA, size });
}

/** A group whose first data is a physical backup, and the log after it. */
export function restoredFromCopy(group: MemberGroup, source: RestoreSource, recipe: PhysicalRecipe, size: Size): MemberGroup {
  const { _database: database, _wanted: { backup, until = '' } } = source;
  const env = plainEnv({ BACKUPS: `${BACKUPS_PATH}/${database}`, BACKUP: backup, UNTIL: until });
  const prepare = (group.prepare ?? []).flatMap(step => step.name !== MAKES_DATA ? [step] : [
    { ...step, name: RESTORE, command: ['bash', `${SCRIPTS_PATH}/restore.sh`], env: { ...step.env, ...plainEnv(recipe.env), ...env } },
    step,
  ]);
  const chooser = recipe.log === undefined ? CHOOSE_SH + CHOOSE_ALONE_SH : CHOOSE_SH;
  const files = { 'restore.sh': recipe.restore, ...recipe.restoreFiles, 'choose.sh': chooser, 'fetch.sh': FETCH_PHYSICAL_SH, 'store.sh': STORE_SH };
  return restored(group, source, { tools: recipe, files, env, prepare, reader: RESTORE, size });
}

function restored(group: MemberGroup, { _destination: destination, _database: database }: RestoreSource, restore: Restore): MemberGroup {
  const { prepare, reader } = restore;
  const target = destination._files('RestoreSource', 'a backup of this kind');
  const mounts = [...group.mounts, MemberMount.files('restore', SCRIPTS_PATH, restore.files)._onlyIn(FETCH, reader)];
  if (target.kind === 'claim') return { ...group, prepare, mounts: [...mounts, MemberMount._volume(BACKUPS_PATH, target.claim, { readOnly: true })._onlyIn(reader)] };
  return {
    ...group,
    prepare: [fetch(target, database, restore), ...prepare],
    mounts: [
      ...mounts,
      MemberMount.folder(BACKUPS_PATH, { name: 'backups', limit: target.stagingSize ?? restore.size })._onlyIn(FETCH, reader),
      MemberMount.secret('rclone', RCLONE_PATH, target.config, { [target.configKey]: 'rclone.conf' })._onlyIn(FETCH),
    ],
  };
}

function fetch(target: ObjectStoreTarget, database: string, { tools, env }: Restore): MemberContainer {
  return {
    name: FETCH,
    image: target.image,
    command: ['sh', `${SCRIPTS_PATH}/fetch.sh`],
    resources: tools.resources,
    env: { ...env, ...plainEnv({ ...RCLONE_ENV, TARGET: `${target.target}/${database}`, DATA: tools.data, ...tools.unfinished !== undefined && { UNFINISHED: tools.unfinished } }) },
  };
}
