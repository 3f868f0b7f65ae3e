import { invalid, requireInteger } from '../base/errors';
import { checked } from '../input/check-input';

/** The listener of the controllers, for each other and for the brokers. */
export const CONTROLLER_LISTENER = 'CONTROLLER';
/** The port of the controllers. */
export const CONTROLLER_PORT = 9093;

/** Options of a listener. */
export interface KafkaListenerOptions {
  /**
   * The name: at most 15 upper-case letters and digits, separated by single `_`. `CONTROLLER` is reserved.
   *
   * @default - PLAINTEXT for a client listener, INTERNAL for the internal one
   */
  readonly name?: string;

  /**
   * The port, from 1024 to 65535. 9093 is reserved for the controllers.
   *
   * @default - 9092 for a client listener, 9091 for the internal one
   */
  readonly port?: number;
}

/**
 * A listener of the brokers. The container port, the Service port, the advertised address, the security protocol and the
 * NetworkPolicies are derived from it.
 *
 * @see https://kafka.apache.org/documentation/#listener_configuration
 */
export class KafkaListener {
  /**
   * A listener for clients in the Kubernetes cluster, without encryption. NetworkPolicies control who can connect.
   *
   * @param options the name and port, by default PLAINTEXT and 9092
   */
  @checked
  public static plaintext(options: KafkaListenerOptions = {}): KafkaListener {
    return new KafkaListener(options.name ?? 'PLAINTEXT', options.port ?? 9092, 'PLAINTEXT', true);
  }

  /**
   * The listener for traffic between brokers. Clients cannot be granted access to it, and no Service exposes it. Every
   * cluster has exactly one; set it only to choose another name or port.
   *
   * Choose it when you create the cluster. In a running cluster, brokers that have not restarted yet do not listen on the
   * new one, so the first broker that restarts never gets in sync and the rolling update stops there. To take over a cluster
   * that runs, name the listener that its brokers use.
   *
   * @param options the name and port, by default INTERNAL and 9091
   */
  @checked
  public static internal(options: KafkaListenerOptions = {}): KafkaListener {
    return new KafkaListener(options.name ?? 'INTERNAL', options.port ?? 9091, 'PLAINTEXT', false);
  }

  private constructor(
    /** The name. */
    public readonly name: string,
    /** The port. */
    public readonly port: number,
    /** The security protocol, by Kafka's name. */
    public readonly securityProtocol: string,
    /** Whether the listener is for clients. */
    public readonly forClients: boolean,
  ) {
    // Kafka's names are upper case; in lower case, with '-', they become port names, which have at most 15 characters.
    if (name.length > 15 || !/^[A-Z0-9]+(_[A-Z0-9]+)*$/.test(name) || !/[A-Z]/.test(name)) {
      throw invalid('KafkaListener', { property: 'name', got: name, expected: "at most 15 upper-case letters (at least one) and digits, separated by single '_'" });
    }
    if (name === CONTROLLER_LISTENER) {
      throw invalid('KafkaListener', { property: 'name', got: name, expected: 'another name', hint: 'This name is reserved for the controllers.' });
    }
    requireInteger('KafkaListener', 'port', port, 1024, 65535);
    if (port === CONTROLLER_PORT) {
      throw invalid('KafkaListener', { property: 'port', got: port, expected: 'another port', hint: 'This port is reserved for the controllers.' });
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
