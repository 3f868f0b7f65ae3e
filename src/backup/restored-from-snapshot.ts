import { SCRIPTS_PATH } from './backup-paths';
import type { RestoreSource } from './restore-source';
import type { SnapshotRecipe } from './snapshot-recipe';
import type { MemberGroup } from '../kit/design';
import { MemberMount } from '../kit/member-mount';
import { plainEnv } from '../kit/plain-env';
import { VolumeDataSource } from '../storage/volume-data-source';

/** The container that makes the data, and the one before it that takes over those of a snapshot. */
const MAKES_DATA = 'prepare';
const RESTORE = 'restore';

/** A group whose first member begins with a snapshot of the volume of another database. */
export function restoredFromSnapshot(group: MemberGroup, source: RestoreSource, recipe: SnapshotRecipe): MemberGroup {
  const env = plainEnv({ ...recipe.env, SNAPSHOT: source._wanted.backup });
  const prepare = (group.prepare ?? []).flatMap(step => step.name !== MAKES_DATA ? [step] : [
    { ...step, name: RESTORE, command: ['bash', `${SCRIPTS_PATH}/restore.sh`], env: { ...step.env, ...env } },
    step,
  ]);
  return withSnapshot({ ...group, prepare }, source, { claim: recipe.claim, files: { 'restore.sh': recipe.restore, ...recipe.restoreFiles }, container: RESTORE });
}

/** What runs when the first member starts. */
interface FirstStart {
  /** The claim that is made from the snapshot. */
  readonly claim: string;
  /** Its scripts, by name. */
  readonly files: { [name: string]: string };
  /** The container that has them. */
  readonly container: string;
}

/** A group of whose first member a claim is made from a snapshot. */
export function withSnapshot(group: MemberGroup, source: RestoreSource, { claim, files, container }: FirstStart): MemberGroup {
  const { backup: name, snapshot } = source._wanted;
  const content = VolumeDataSource.fromSnapshot({ name, ...snapshot });
  return {
    ...group,
    mounts: [
      ...group.mounts.map(mount => mount.name === claim ? mount._beginningWith(content) : mount),
      MemberMount.files('restore', SCRIPTS_PATH, files)._onlyIn(container),
    ],
  };
}
