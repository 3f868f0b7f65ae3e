import type { IConstruct } from 'constructs';
import { type Members, MembersKind } from './members';
import type { PodDisruptionBudgetProps } from './pod-disruption-budget';
import { invalid, requireInteger } from '../base/errors';
import { checked } from '../input/check-input';

/** The limits of a budget, of which exactly one is set. */
type Limit = Pick<PodDisruptionBudgetProps, 'maxUnavailable' | 'maxUnavailablePercent' | 'minAvailable' | 'minAvailablePercent'>;

/**
 * How many members of a set voluntary disruptions, such as drains and evictions, may affect at a time. By default, it
 * is derived from the members: one at a time, and no budget for a single member, which would only block drains.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/
 */
export class DisruptionPolicy {
  /**
   * Allows at most `count` members to be unavailable at a time.
   *
   * @param count at least 0; 0 is only allowed for a single member, and blocks drains of its node until you delete the Pod yourself.
   */
  @checked
  public static maxUnavailable(count: number): DisruptionPolicy {
    return new DisruptionPolicy({ maxUnavailable: requireInteger('DisruptionPolicy', 'maxUnavailable', count, 0) });
  }

  /**
   * Allows at most this percentage of the members to be unavailable at a time. For sets whose number of members
   * changes.
   *
   * @param percent from 0 to 100; Kubernetes rounds the number of members up, so 1 percent allows one member to be unavailable
   */
  @checked
  public static maxUnavailablePercent(percent: number): DisruptionPolicy {
    return new DisruptionPolicy({ maxUnavailablePercent: requireInteger('DisruptionPolicy', 'maxUnavailablePercent', percent, 0, 100) });
  }

  /**
   * Requires at least `count` members to be available.
   *
   * @param count at least 1 and below the number of members, except for a single member.
   */
  @checked
  public static minAvailable(count: number): DisruptionPolicy {
    return new DisruptionPolicy({ minAvailable: requireInteger('DisruptionPolicy', 'minAvailable', count, 1) });
  }

  /**
   * Requires at least this percentage of the members to be available. For sets whose number of members changes.
   *
   * @param percent from 1 to 100; Kubernetes rounds the number of members up, so 51 percent of three members requires two
   */
  @checked
  public static minAvailablePercent(percent: number): DisruptionPolicy {
    return new DisruptionPolicy({ minAvailablePercent: requireInteger('DisruptionPolicy', 'minAvailablePercent', percent, 1, 100) });
  }

  /** No budget: a drain may evict all members at once. */
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
   * The limit for these members; undefined for no budget. Throws if it allows too many or no members to be unavailable.
   * `why` explains why members must be available, if the reason is not the majority of a quorum.
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
        expected: `a budget that allows at least one of the ${members.count} members to be evicted`,
        hint: 'Otherwise, it blocks every drain of their nodes.',
      });
    }
    const mostDown = members.count - members.required;
    if (members.kind !== MembersKind.REPLICAS && down > mostDown) {
      const up = members.kind === MembersKind.QUORUM ? `a majority (${members.required} of ${members.count})` : `${members.required} of ${members.count} members`;
      throw invalid(where, { property, got, expected: `a budget that keeps ${up} available`, hint: `${why} At most ${mostDown} may be unavailable.`.trim() });
    }
    return this.limit;
  }
}

/** The number of members that a limit allows to be unavailable. Kubernetes rounds both percentages up. */
function unavailable({ maxUnavailable, maxUnavailablePercent, minAvailable, minAvailablePercent }: Limit, count: number): number {
  const share = (percent: number) => Math.ceil(percent * count / 100);
  if (maxUnavailable !== undefined) return maxUnavailable;
  if (maxUnavailablePercent !== undefined) return share(maxUnavailablePercent);
  return count - (minAvailable ?? share(minAvailablePercent ?? 0));
}
