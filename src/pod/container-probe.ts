import type { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { invalid } from '../base/errors';
import { checked } from '../input/check-input';

/** Options of all probes. */
export interface ContainerProbeOptions extends kplus.ProbeOptions {
  /**
   * How long the container may take to shut down after this probe has failed, in whole seconds, at least 1. Not allowed for readiness probes,
   * which never stop a container.
   *
   * @default - that of the Pod
   */
  readonly terminationGrace?: Duration;
}

/** Options of a probe that runs a command. */
export interface ExecProbeOptions extends ContainerProbeOptions {}

/** Options of a gRPC probe. */
export interface GrpcProbeOptions extends ContainerProbeOptions {
  /** The port, from 1 to 65535. */
  readonly port: number;

  /**
   * The name of the service in the health check request.
   *
   * @default - none; the health of none; the health of the server as a whole
   */
  readonly service?: string;
}

/** Options of a probe that sends an HTTP GET request. */
export interface HttpProbeOptions extends kplus.HttpGetProbeOptions, ContainerProbeOptions {
  /**
   * Additional headers of the request.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: string };
}

/** Options of a probe that opens a TCP connection. */
export interface TcpProbeOptions extends kplus.TcpSocketProbeOptions, ContainerProbeOptions {}

/**
 * Probes that `kplus.Probe` cannot express: gRPC, HTTP headers, and a termination grace period per probe. Use them wherever cdk8s-plus takes a
 * probe, including in its own Pods.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
 */
export class ContainerProbe {
  /**
   * A probe that uses the gRPC health checking protocol.
   *
   * @example
   * new StatefulWorkload(this, 'Etcd', {
   *   containers: [{ image: 'etcd:3.6', ports: [{ number: 2379 }], readiness: ContainerProbe.fromGrpc({ port: 2379 }) }],
   * });
   *
   * @param options port, service and timing
   */
  @checked
  public static fromGrpc(options: GrpcProbeOptions): kplus.Probe {
    const { port, service } = options;
    return extended(kplus.Probe.fromTcpSocket(options), options, ({ tcpSocket, ...probe }) => ({ ...probe, grpc: { port, service } }));
  }

  /**
   * An HTTP GET request to the container. It passes with a status from 200 to 399.
   *
   * @param path the path of the URL
   * @param options port, headers and timing; throws if a header name is invalid
   */
  @checked
  public static fromHttpGet(path: string, options: HttpProbeOptions = {}): kplus.Probe {
    const httpHeaders = Object.entries(options.headers ?? {}).map(([name, value]) => ({ name: requireHeaderName(name), value }));
    return extended(kplus.Probe.fromHttpGet(path, options), options, ({ httpGet, ...probe }) => ({
      ...probe,
      httpGet: httpGet && { ...httpGet, httpHeaders: httpHeaders.length === 0 ? undefined : httpHeaders },
    }));
  }

  /**
   * A command in the container. It passes with exit status 0.
   *
   * @param command the command and its arguments; no shell is involved
   * @param options timing
   */
  @checked
  public static fromCommand(command: string[], options: ExecProbeOptions = {}): kplus.Probe {
    return extended(kplus.Probe.fromCommand(command, options), options);
  }

  /**
   * A TCP connection to the container. It passes if the port is open.
   *
   * @param options port and timing
   */
  @checked
  public static fromTcpSocket(options: TcpProbeOptions = {}): kplus.Probe {
    return extended(kplus.Probe.fromTcpSocket(options), options);
  }

  private constructor() {}
}

/** A probe of cdk8s-plus that renders additional fields. Its class cannot be extended, because its constructor is private. */
function extended(
  probe: kplus.Probe, { terminationGrace }: ContainerProbeOptions, change: (rendered: kplus.k8s.Probe) => kplus.k8s.Probe = rendered => rendered,
): kplus.Probe {
  const render = probe._toKube.bind(probe);
  probe._toKube = container => ({ ...change(render(container)), terminationGracePeriodSeconds: terminationGrace?.toSeconds({ integral: false }) });
  return probe;
}

function requireHeaderName(name: string): string {
  if (/^[-A-Za-z0-9]+$/.test(name)) return name;
  throw invalid('ContainerProbe.fromHttpGet', { property: 'headers', got: name, expected: "names with only letters, digits and '-'" });
}
