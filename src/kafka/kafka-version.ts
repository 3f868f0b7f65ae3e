import { invalid } from '../base/errors';
import { parseVersion } from '../kit/version';

/** The first release whose controllers can change their voters. */
const FIRST_WITHOUT_ZOOKEEPER = { major: 3, minor: 9 };

/**
 * A release of Apache Kafka. Without ZooKeeper (KRaft) it is 3.9 or later, with it 3.9 or earlier. The constants name the patch release, and move with releases of this library.
 *
 * A newer release is a rolling update. What it writes to disk stays readable for the old one until you run
 * `kafka-features.sh upgrade --release-version <release>`; after that there is no way back.
 *
 * @see https://kafka.apache.org/documentation/#upgrade
 */
export class KafkaVersion {
  /** Kafka 3.9.2. */
  public static readonly V3_9 = KafkaVersion.of('3.9.2');
  /** Kafka 4.0.1. */
  public static readonly V4_0 = KafkaVersion.of('4.0.1');
  /** Kafka 4.1.2. */
  public static readonly V4_1 = KafkaVersion.of('4.1.2');

  /**
   * Any release from 3.7 on, the first with an official image.
   *
   * @example
   * KafkaVersion.of('4.1.2');
   *
   * @param version a tag of the official image: all three numbers, as it has no shorter ones. Throws otherwise.
   */
  public static of(version: string): KafkaVersion {
    const { major, minor } = parseVersion('KafkaVersion.of', version, { major: 3, minor: 7, because: 'There is no official image of an earlier one.' });
    if (minor === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      throw invalid('KafkaVersion.of', { property: 'version', got: version, expected: 'all three numbers of a release', hint: 'For example 4.1.2: the official image has no shorter tags.' });
    }
    return new KafkaVersion(version, major, minor);
  }

  private readonly repository = 'docker.io/apache/kafka';

  private constructor(
    /** The tag of the official image. */
    public readonly version: string,
    /** The major release. */
    public readonly major: number,
    private readonly minor: number,
  ) {}

  /**
   * Whether it can keep its metadata in ZooKeeper.
   *
   * @internal
   */
  public get _knowsZooKeeper(): boolean {
    return this.major < 4;
  }

  /**
   * Whether it runs here without ZooKeeper.
   *
   * @internal
   */
  public get _needsNoZooKeeper(): boolean {
    const { major, minor } = FIRST_WITHOUT_ZOOKEEPER;
    return this.major > major || (this.major === major && this.minor >= minor);
  }

  /**
   * The official image.
   *
   * @internal
   */
  public get _image(): string {
    return `${this.repository}:${this.version}`;
  }
}
