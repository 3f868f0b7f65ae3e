import type { IConstruct } from 'constructs';
import { type Members, MembersKind } from './members';
import type { PodDisruptionBudgetProps } from './pod-disruption-budget';
import { invalid, requireInteger } from '../base/errors';
import { checked } from '../input/check-input';

/** One of the limits of a budget. */
type Limit = Pick<PodDisruptionBudgetProps, 'maxUnavailable' | 'maxUnavailablePercent' | 'minAvailable' | 'minAvailablePercent'>;

/**
 * What voluntary disruptions (drains, evictions) may do to a set. By default it is derived from the members: one
 * at a time, and no budget for a single member, which would only block every drain.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export class DisruptionPolicy {
  /**
   * At most `count` members down at one time.
   *
   * @param count at least 0; 0 is allowed for a single member only and blocks drains of its node until you move it by hand.
   */
  @checked
  public static maxUnavailable(count: number): DisruptionPolicy {
    return new DisruptionPolicy({ maxUnavailable: requireInteger('DisruptionPolicy', 'maxUnavailable', count, 0) });
  }

  /**
   * At most this share of the members down at one time, for sets whose number of members changes.
   *
   * @param percent from 0 to 100; Kubernetes rounds the number of members up, so that 1 lets one member go
   */
  @checked
  public static maxUnavailablePercent(percent: number): DisruptionPolicy {
    return new DisruptionPolicy({ maxUnavailablePercent: requireInteger('DisruptionPolicy', 'maxUnavailablePercent', percent, 0, 100) });
  }

  /**
   * At least `count` members up.
   *
   * @param count at least 1 and below the number of members, except for a single member.
   */
  @checked
  public static minAvailable(count: number): DisruptionPolicy {
    return new DisruptionPolicy({ minAvailable: requireInteger('DisruptionPolicy', 'minAvailable', count, 1) });
  }

  /**
   * At least this share of the members up, for sets whose number of members changes.
   *
   * @param percent from 1 to 100; Kubernetes rounds the number of members up, so that 51 of three members keeps two up
   */
  @checked
  public static minAvailablePercent(percent: number): DisruptionPolicy {
    return new DisruptionPolicy({ minAvailablePercent: requireInteger('DisruptionPolicy', 'minAvailablePercent', percent, 1, 100) });
  }

  /** No budget: a drain may take all members at once. */
  public static none(): DisruptionPolicy {
    return new DisruptionPolicy(undefined);
  }

  /**
   * The default: one member at a time, no budget for a single one.
   *
   * @param members the members to derive the budget from
   */
  @checked
  public static derived(members: Members): DisruptionPolicy {
    return members.count <= 1 ? DisruptionPolicy.none() : DisruptionPolicy.maxUnavailable(1);
  }

  private constructor(private readonly limit: Limit | undefined) {}

  /**
   * The limit for these members, undefined for no budget. Throws if it lets too many or none of them go; `why` is then why members must be up, if
   * that is not the majority of a quorum.
   *
   * @internal
   */
  public _limitFor(where: IConstruct, members: Members, why = ''): Limit | undefined {
    if (this.limit === undefined || members.count <= 1) return this.limit;
    const [[name, got]] = Object.entries(this.limit);
    const property = `disruption.${name}`;
    const down = unavailable(this.limit, members.count);
    if (down < 1) {
      throw invalid(where, {
        property,
        got,
        expected: `a budget that lets at least one of the ${members.count} members be evicted`,
        hint: 'One that allows none blocks every drain of their nodes.',
      });
    }
    const mostDown = members.count - members.required;
    if (members.kind !== MembersKind.REPLICAS && down > mostDown) {
      const up = members.kind === MembersKind.QUORUM ? `a majority (${members.required} of ${members.count})` : `${members.required} of ${members.count} members`;
      throw invalid(where, { property, got, expected: `a budget that keeps ${up} up`, hint: `${why} At most ${mostDown} may be unavailable.`.trim() });
    }
    return this.limit;
  }
}

/** How many of the members a limit lets go. Kubernetes rounds both shares up. */
function unavailable({ maxUnavailable, maxUnavailablePercent, minAvailable, minAvailablePercent }: Limit, count: number): number {
  const share = (percent: number) => Math.ceil(percent * count / 100);
  if (maxUnavailable !== undefined) return maxUnavailable;
  if (maxUnavailablePercent !== undefined) return share(maxUnavailablePercent);
  return count - (minAvailable ?? share(minAvailablePercent ?? 0));
}
