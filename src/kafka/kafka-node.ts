import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { READINESS_TIMEOUT_SECONDS } from './readiness';
import { DATA_PATH } from './server-properties';
import { configFiles, Files } from '../private/config-files';
import { volumePlaceholder } from '../private/placeholder-volumes';
import { requirePorts } from '../private/ports';
import { within } from '../private/probe-budget';
import { ClaimTemplateProps } from '../storage/claim-template';
import { StatefulWorkload } from '../workload/stateful-workload';

/** The user and group of the official image. */
export const KAFKA_USER = 1000;

/** The label that holds a Pod's ordinal, since Kubernetes 1.28. */
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** The image reads its configuration here. */
const CONFIG_PATH = '/mnt/shared/config';
const PROPERTIES_FILE = 'server.properties';
const READINESS_FILE = 'ready.sh';

/** How the members of a set run Kafka. */
export interface KafkaNodeProps {
  readonly image: string;
  readonly clusterId: string;
  readonly heapMebibytes: number;
  readonly resources: kplus.ContainerResources;
  /** The volume of each member. */
  readonly claim: ClaimTemplateProps;
  readonly ports: kplus.ContainerPort[];
  /** The port that tells whether Kafka has started and is alive. */
  readonly probedPort: number;
  /** A script that tells whether it is ready, given that port; undefined if it is as soon as it has started. */
  readonly readiness?: string;
  readonly startupBudget: Duration;
  /** The file server.properties, asked for when it renders. */
  readonly properties: () => string;
  /** Whether the configuration reads the variable ZONE. */
  readonly rackAwareness: boolean;
}

/** The container that runs Kafka in each member of a set, and its configuration. */
export class KafkaNode {
  private readonly container: kplus.Container;
  /** Kept from one rendering to the next: the ConfigMap asks for them, and so does the checksum of the Pods. */
  private files?: Files;

  public constructor(private readonly set: StatefulWorkload, private readonly props: KafkaNodeProps) {
    this.container = this.addContainer(props);
    this.mount(props.claim);
  }

  public addPort(port: kplus.ContainerPort): void {
    requirePorts(this.set, this.set.workload, { ports: [port] });
    this.files = undefined;
    this.container.addPort(port);
  }

  private renderFiles(): Files {
    const { properties, readiness } = this.props;
    return {
      [PROPERTIES_FILE]: properties(),
      ...readiness === undefined ? {} : { [READINESS_FILE]: readiness },
    };
  }

  private addContainer(props: KafkaNodeProps): kplus.Container {
    const { probedPort: port, startupBudget, readiness } = props;
    return this.set.addContainer({
      name: 'kafka',
      image: props.image,
      ports: props.ports,
      resources: props.resources,
      envVariables: {
        POD_NAME: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAME),
        POD_INDEX: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_LABEL, { key: POD_INDEX_LABEL }),
        CLUSTER_ID: kplus.EnvValue.fromValue(props.clusterId),
        KAFKA_HEAP_OPTS: kplus.EnvValue.fromValue(`-Xms${props.heapMebibytes}m -Xmx${props.heapMebibytes}m`),
        ...props.rackAwareness ? { ZONE: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_LABEL, { key: kplus.Topology.ZONE.key }) } : {},
      },
      startup: kplus.Probe.fromTcpSocket({ port, ...within(startupBudget) }),
      liveness: kplus.Probe.fromTcpSocket({ port, ...within(Duration.minutes(1), Duration.seconds(10)) }),
      readiness: readiness === undefined
        ? kplus.Probe.fromTcpSocket({ port, ...within(Duration.seconds(15)) })
        : kplus.Probe.fromCommand(['bash', `${CONFIG_PATH}/${READINESS_FILE}`, `${port}`], {
          ...within(Duration.seconds(15)),
          timeoutSeconds: Duration.seconds(READINESS_TIMEOUT_SECONDS),
        }),
    });
  }

  private mount(claim: ClaimTemplateProps): void {
    this.container.mount(DATA_PATH, this.set.addClaim('data', claim));
    this.container.mount(CONFIG_PATH, configFiles(this.set, 'config', () => this.files ??= this.renderFiles()));
    const scratch = volumePlaceholder(this.set, { name: 'scratch', emptyDir: {} }, this.set); // the root file system is read-only
    this.container.mount('/opt/kafka/config', scratch, { subPath: 'config' });
    this.container.mount('/opt/kafka/logs', scratch, { subPath: 'logs' });
    this.container.mount('/tmp', scratch, { subPath: 'tmp' });
  }
}
