import { invalid, requireInteger } from '../base/errors';

/** Where the controllers listen to each other and to the brokers. */
export const CONTROLLER_LISTENER = 'CONTROLLER';
/** The port of the controllers. */
export const CONTROLLER_PORT = 9093;

/** Name and port of a listener. */
export interface KafkaListenerOptions {
  /**
   * The name: at most 15 upper-case letters and digits, with single `_` between them. Not CONTROLLER.
   *
   * @default - said by each kind of listener
   */
  readonly name?: string;

  /**
   * The port, from 1024 to 65535. Not 9093, where the controllers listen.
   *
   * @default - said by each kind of listener
   */
  readonly port?: number;
}

/**
 * A port of the brokers. Container port, Service port, advertised address, protocol and NetworkPolicy all follow from
 * it.
 *
 * @see https://kafka.apache.org/documentation/#listener_configuration
 */
export class KafkaListener {
  /**
   * For clients within the Kubernetes cluster, without encryption: who may connect is decided by NetworkPolicies.
   *
   * @param options the name defaults to PLAINTEXT, the port to 9092
   */
  public static plaintext(options: KafkaListenerOptions = {}): KafkaListener {
    return new KafkaListener(options.name ?? 'PLAINTEXT', options.port ?? 9092, 'PLAINTEXT', true);
  }

  /**
   * For the brokers among themselves only: no client can be granted access, and no Service shows it. Every cluster has
   * one, whatever listeners there are for clients; give it to choose another name or port.
   *
   * Choose when you create the cluster. In a running one, the brokers that have not been restarted do not listen there:
   * the first one that has been restarted never gets in sync, and the rolling update stops at it.
   *
   * @param options the name defaults to INTERNAL, the port to 9091
   */
  public static internal(options: KafkaListenerOptions = {}): KafkaListener {
    return new KafkaListener(options.name ?? 'INTERNAL', options.port ?? 9091, 'PLAINTEXT', false);
  }

  private constructor(
    /** The name. */
    public readonly name: string,
    /** The port. */
    public readonly port: number,
    /** Kafka's name for how it is protected. */
    public readonly securityProtocol: string,
    /** Whether clients use it. */
    public readonly forClients: boolean,
  ) {
    // Kafka writes names in upper case; in lower case, with '-', they name the port, which has at most 15 characters.
    if (name.length > 15 || !/^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(name) || !/[A-Z]/.test(name)) {
      throw invalid('KafkaListener', { property: 'name', got: name, expected: "at most 15 upper-case letters (at least one) and digits, with single '_' between them" });
    }
    if (name === CONTROLLER_LISTENER) {
      throw invalid('KafkaListener', { property: 'name', got: name, expected: 'another name', hint: 'The controllers listen under this one.' });
    }
    requireInteger('KafkaListener', 'port', port, 1024, 65535);
    if (port === CONTROLLER_PORT) {
      throw invalid('KafkaListener', { property: 'port', got: port, expected: 'another port', hint: 'The controllers listen there.' });
    }
  }

  /**
   * The name of the port in Pods and Services.
   *
   * @internal
   */
  public get _portName(): string {
    return this.name.toLowerCase().replace(/_/g, '-');
  }
}
