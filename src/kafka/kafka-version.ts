import { invalid } from '../base/errors';
import { checked } from '../input/check-input';
import { parseVersion } from '../kit/version';

/** The first release with dynamic controller quorums. */
const FIRST_WITHOUT_ZOOKEEPER = { major: 3, minor: 9 };

/**
 * A release of Apache Kafka: 3.9 or later in KRaft mode, 3.9 or earlier with ZooKeeper.
 *
 * The constants refer to a patch release, which changes with releases of this library. Changing the release is a rolling
 * update. You can go back to the previous release until you run `kafka-features.sh upgrade --release-version <release>`.
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
   * Any release as of 3.7, the first one with an official image.
   *
   * @example
   * KafkaVersion.of('4.1.2');
   *
   * @param version a tag of the official image, with all three numbers, because there are no shorter tags. Throws otherwise.
   */
  @checked
  public static of(version: string): KafkaVersion {
    const { major, minor } = parseVersion('KafkaVersion.of', version, { major: 3, minor: 7, because: 'There is no official image of earlier releases.' });
    if (minor === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      throw invalid('KafkaVersion.of', { property: 'version', got: version, expected: 'a release with all three numbers', hint: 'For example 4.1.2: the official image has no shorter tags.' });
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
   * Whether the release supports ZooKeeper.
   *
   * @internal
   */
  public get _knowsZooKeeper(): boolean {
    return this.major < 4;
  }

  /**
   * Whether this library supports the release in KRaft mode.
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
