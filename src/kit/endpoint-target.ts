import { invalid, requireInteger } from '../base/errors';
import { checked } from '../input/check-input';
import type { MemberNames } from '../workload/member-names';

/** Which members of a group a Service leads to. */
export class EndpointTarget {
  /** All members that are ready. */
  public static all(): EndpointTarget {
    return new EndpointTarget(() => ({}));
  }

  /**
   * One member.
   *
   * @param index which, from 0. Throws if it is no whole number.
   */
  @checked
  public static member(index: number): EndpointTarget {
    requireInteger('EndpointTarget.member', 'index', index, 0);
    return new EndpointTarget(names => ({ 'statefulset.kubernetes.io/pod-name': names.podName(index) }));
  }

  /**
   * The members that have these labels, such as `role: primary`, which they give to themselves: see `MemberGroup.apiRights`.
   *
   * @param labels the labels, at least one. Throws if there is none.
   */
  @checked
  public static labeled(labels: { [name: string]: string }): EndpointTarget {
    const copy = { ...labels };
    if (Object.keys(copy).length === 0) {
      throw invalid('EndpointTarget.labeled', { property: 'labels', got: copy, expected: 'at least one label', hint: 'EndpointTarget.all() leads to all members.' });
    }
    return new EndpointTarget(() => copy);
  }

  /**
   * The members of all groups that share these labels: see `MemberGroup.sharedLabels`.
   *
   * @param labels the labels, at least one. Throws if there is none.
   */
  @checked
  public static allGroups(labels: { [name: string]: string }): EndpointTarget {
    return new EndpointTarget(EndpointTarget.labeled(labels)._selector, true);
  }

  private constructor(
    /**
     * What a Pod must have, beside the label of its group unless it is across groups.
     *
     * @internal
     */
    public readonly _selector: (names: MemberNames) => { [label: string]: string },
    /**
     * Whether it leads to members of other groups too.
     *
     * @internal
     */
    public readonly _acrossGroups = false,
  ) {}
}
