import type { Duration } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { invalid, requireInteger } from '../base/errors';

/** Which backups are kept. One that is neither among the last `count` nor younger than `age` is deleted; the last complete one never is. */
export interface BackupRetention {
  /**
   * How many of the last backups are kept, from 1 to 10,000.
   *
   * @default 7
   */
  readonly count?: number;

  /**
   * How long a backup is kept at least, whatever their number. Positive, in whole seconds.
   *
   * @default - age does not matter
   */
  readonly age?: Duration;
}

const DEFAULT_COUNT = 7;

/** The retention as the scripts read it. */
export function retentionEnv(where: IConstruct, { count = DEFAULT_COUNT, age }: BackupRetention): { KEEP_COUNT: string; KEEP_SECONDS: string } {
  requireInteger(where, 'keep.count', count, 1, 10_000);
  const seconds = age?.toSeconds({ integral: false }) ?? 0;
  if (age !== undefined && (!Number.isInteger(seconds) || seconds < 1)) {
    throw invalid(where, { property: 'keep.age', got: age.toHumanString(), expected: 'a positive duration in whole seconds', hint: "Omit it to keep the last 'count' backups, whatever their age." });
  }
  return { KEEP_COUNT: `${count}`, KEEP_SECONDS: `${seconds}` };
}
