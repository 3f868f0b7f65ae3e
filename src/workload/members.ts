import { requireInteger, invalid } from '../base/errors';
import { checked } from '../input/check-input';

/** How the members of a set depend on each other. */
export enum MembersKind {
  /** A majority must be available for the set to work: Kafka controllers, ZooKeeper, etcd. */
  QUORUM = 'quorum',
  /** Members work independently, or replicate another member: database replicas, caches. */
  REPLICAS = 'replicas',
  /** Each member has replicas of part of the data, so only some may be unavailable at a time: Kafka brokers. */
  REPLICATED = 'replicated',
}

/** Options of replicated members. */
export interface ReplicatedMembersOptions {
  /** The number of members that must be available for the set to work: at least 1, and fewer than there are members, so that nodes can be drained. */
  readonly mustStayUp: number;
}

/**
 * The number of members of a set and how they depend on each other. The replicas, the disruption budget and the
 * anti-affinity are derived from it.
 */
export class Members {
  /**
   * Members that need a majority to be available.
   *
   * @example
   * Members.quorum(3); // tolerates the loss of one
   *
   * @param count an odd number from 1 to 99. Throws otherwise: a quorum of an even number of members tolerates no more failures than one with one member less.
   */
  @checked
  public static quorum(count: number): Members {
    requireInteger('Members.quorum', 'count', count, 1, 99);
    if (count % 2 === 0) {
      throw invalid('Members.quorum', {
        property: 'count',
        got: count,
        expected: 'an odd number',
        hint: `${count} members tolerate no more failures than ${count - 1}: use ${count - 1} or ${count + 1}.`,
      });
    }
    return new Members(count, MembersKind.QUORUM, Math.floor(count / 2) + 1);
  }

  /**
   * Members that work independently of each other.
   *
   * @param count a whole number of at least 0; 0 parks the set: no Pods run, and the claims are kept. Throws otherwise.
   */
  @checked
  public static replicas(count: number): Members {
    requireInteger('Members.replicas', 'count', count, 0);
    return new Members(count, MembersKind.REPLICAS, Math.min(count, 1));
  }

  /**
   * Members that replicate each other's data, some of which must be available.
   *
   * @example
   * Members.replicated(6, { mustStayUp: 5 }); // replication factor 3, of which two replicas must be in sync
   *
   * @param count a whole number of at least 2. Throws otherwise.
   * @param options how many of them must be available; throws unless that is fewer than `count`
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
    /** How they depend on each other. */
    public readonly kind: MembersKind,
    /**
     * The minimum number of members that must be available: a majority for a quorum, `mustStayUp` for replicated
     * members, otherwise one, and none for a parked set.
     */
    public readonly required: number,
  ) {}
}
