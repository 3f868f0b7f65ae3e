import { invalid, requireInteger } from '../base/errors';
import { checked } from '../input/check-input';
import type { MemberNames } from '../workload/member-names';

/** The members of a group that a Service routes to. */
export class EndpointTarget {
  /** All ready members. */
  public static all(): EndpointTarget {
    return new EndpointTarget(() => ({}));
  }

  /**
   * One member.
   *
   * @param index the index of the member, from 0; throws if it is not a whole number
   */
  @checked
  public static member(index: number): EndpointTarget {
    requireInteger('EndpointTarget.member', 'index', index, 0);
    return new EndpointTarget(names => ({ 'statefulset.kubernetes.io/pod-name': names.podName(index) }));
  }

  /**
   * The members with these labels, such as `role: primary`, which members set on themselves: see
   * `MemberGroup.apiRights`.
   *
   * @param labels the labels; throws if there are none
   */
  @checked
  public static labeled(labels: { [name: string]: string }): EndpointTarget {
    const copy = { ...labels };
    if (Object.keys(copy).length === 0) {
      throw invalid('EndpointTarget.labeled', { property: 'labels', got: copy, expected: 'at least one label', hint: 'Use EndpointTarget.all() for all members.' });
    }
    return new EndpointTarget(() => copy);
  }

  /**
   * The members of all groups that share these labels: see `MemberGroup.sharedLabels`.
   *
   * @param labels the labels; throws if there are none
   */
  @checked
  public static allGroups(labels: { [name: string]: string }): EndpointTarget {
    return new EndpointTarget(EndpointTarget.labeled(labels)._selector, true);
  }

  private constructor(
    /**
     * The labels that a Pod must have, in addition to those of its group unless the target is across groups.
     *
     * @internal
     */
    public readonly _selector: (names: MemberNames) => { [label: string]: string },
    /**
     * Whether the target includes members of other groups.
     *
     * @internal
     */
    public readonly _acrossGroups = false,
  ) {}
}
