import { requireInteger, invalid } from '../base/errors';
import { checked } from '../input/check-input';

/** How the members of a set depend on each other. */
export enum MembersKind {
  /** A majority must be up for the whole to work: Kafka controllers, ZooKeeper, etcd. */
  QUORUM = 'quorum',
  /** Each member works for itself, or copies another: database replicas, caches. */
  REPLICAS = 'replicas',
  /** Each member has copies of a part of the data, so that only some may be down at one time: Kafka brokers. */
  REPLICATED = 'replicated',
}

/** What holds replicated members together. */
export interface ReplicatedMembersOptions {
  /** How many members must stay up for the whole to work: at least 1, and fewer than there are, so that nodes can be drained. */
  readonly mustStayUp: number;
}

/**
 * How many members a set has and what holds them together. Replicas, disruption budget and anti-affinity follow
 * from it.
 */
export class Members {
  /**
   * Members that need a majority of themselves.
   *
   * @example
   * Members.quorum(3); // survives the loss of one
   *
   * @param count an odd number from 1 to 99. Throws otherwise: an even quorum survives no more than the next lower odd one.
   */
  @checked
  public static quorum(count: number): Members {
    requireInteger('Members.quorum', 'count', count, 1, 99);
    if (count % 2 === 0) {
      throw invalid('Members.quorum', {
        property: 'count',
        got: count,
        expected: 'an odd number',
        hint: `${count} members survive the loss of no more than ${count - 1} do: use ${count - 1} or ${count + 1}.`,
      });
    }
    return new Members(count, MembersKind.QUORUM, Math.floor(count / 2) + 1);
  }

  /**
   * Members that work each for itself.
   *
   * @param count a whole number of at least 0; 0 parks the set: nothing runs, and the claims stay. Throws otherwise.
   */
  @checked
  public static replicas(count: number): Members {
    requireInteger('Members.replicas', 'count', count, 0);
    return new Members(count, MembersKind.REPLICAS, Math.min(count, 1));
  }

  /**
   * Members that hold copies of each other's data, of which some must stay up.
   *
   * @example
   * Members.replicated(6, { mustStayUp: 5 }); // three copies of all, two of which must be written
   *
   * @param count a whole number of at least 2. Throws otherwise.
   * @param options how many of them must stay up; throws unless these are fewer
   */
  @checked
  public static replicated(count: number, options: ReplicatedMembersOptions): Members {
    requireInteger('Members.replicated', 'count', count, 2);
    requireInteger('Members.replicated', 'mustStayUp', options.mustStayUp, 1, count - 1);
    return new Members(count, MembersKind.REPLICATED, options.mustStayUp);
  }

  private constructor(
    /** The number of members. */
    public readonly count: number,
    /** What holds them together. */
    public readonly kind: MembersKind,
    /** The least number of members that must be up: a majority of a quorum, what was given for replicated ones, else one, and none of a parked set. */
    public readonly required: number,
  ) {}
}
