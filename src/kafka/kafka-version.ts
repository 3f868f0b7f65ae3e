import { invalid } from '../base/errors';
import { parseVersion } from '../kit/version';

/**
 * A release of Apache Kafka, without ZooKeeper (KRaft). The constants name the patch release, and move with releases of this library.
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
   * Any release from 3.9 on.
   *
   * @example
   * KafkaVersion.of('4.1.2');
   *
   * @param version a tag of the official image: all three numbers, as it has no shorter ones. Throws otherwise.
   */
  public static of(version: string): KafkaVersion {
    const { major } = parseVersion('KafkaVersion.of', version, { major: 3, minor: 9 });
    if (!/^\d+\.\d+\.\d+/.test(version)) {
      throw invalid('KafkaVersion.of', { property: 'version', got: version, expected: 'all three numbers of a release', hint: 'For example 4.1.2: the official image has no shorter tags.' });
    }
    return new KafkaVersion(version, major);
  }

  private readonly repository = 'docker.io/apache/kafka';

  private constructor(
    /** The tag of the official image. */
    public readonly version: string,
    /** The major release. */
    public readonly major: number,
  ) {}

  /**
   * The official image.
   *
   * @internal
   */
  public get _image(): string {
    return `${this.repository}:${this.version}`;
  }
}
