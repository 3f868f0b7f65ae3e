import { createHash } from 'crypto';
import { ApiObject, Lazy, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { KAFKA_USER } from './kafka-node';
import { DeclaredTopic, REFUSED, topicScript } from './topic-script';
import { recommendedLabels } from '../private/labels';
import { podSecurityContext, restrictedContainer, restrictedPodSpec } from '../private/restricted';
import { Placement } from '../workload/placement';

/** Whose topics. */
export interface TopicsJobProps {
  readonly clusterName: string;
  readonly image: string;
  readonly bootstrapServers: string;
  readonly dockerRegistryAuth?: kplus.ISecret;
  /** Where the brokers may run. */
  readonly placement?: Placement;
}

const CONTAINER = 'topics';

/**
 * The Job that makes the topics of a cluster what they shall be.
 *
 * The template of a Job is immutable, so its name holds a hash of it: changed topics are another Job. It is kept when
 * it is done. Were it deleted after a time, a tool that compares manifests with the cluster would make it again.
 */
export class TopicsJob extends kplus.Workload {
  public readonly resourceType = 'jobs';
  protected readonly apiObject: ApiObject;
  private readonly topics = new Map<string, DeclaredTopic>();

  public constructor(scope: Construct, id: string, private readonly props: TopicsJobProps) {
    super(scope, id, {
      securityContext: podSecurityContext({ user: KAFKA_USER }),
      restartPolicy: kplus.RestartPolicy.NEVER, // the Pods that failed stay, and their logs
      podMetadata: { labels: recommendedLabels(props.clusterName) },
      dockerRegistryAuth: props.dockerRegistryAuth,
      select: false,
    });
    this.apiObject = new ApiObject(this, 'Resource', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: `${props.clusterName}-topics`, labels: recommendedLabels(props.clusterName) },
      spec: Lazy.any({ produce: () => this.render() }),
    });
    // Known when all topics are. Not a Lazy: cdk8s names files after it.
    for (const named of [this.apiObject, this.apiObject.metadata]) Object.defineProperty(named, 'name', { get: () => this.hashedName() });
    // Sets of our own select Pods by their name, which has no dot.
    this.podMetadata.addLabel(kplus.Pod.ADDRESS_LABEL, `${props.clusterName}.topics`);
    props.placement?._chooseNodes(this.scheduling);
    this.addTools();
  }

  /** The topics by name: in another order they would be another Job. */
  public get declared(): DeclaredTopic[] {
    return [...this.topics.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  public declare(topic: DeclaredTopic): void {
    this.topics.set(topic.name, topic);
  }

  private addTools(): void {
    const container = this.addContainer(restrictedContainer({
      name: CONTAINER,
      image: this.props.image,
      resources: {
        cpu: { request: kplus.Cpu.millis(100) },
        memory: { request: Size.mebibytes(384), limit: Size.mebibytes(384) },
      },
      envVariables: {
        BOOTSTRAP_SERVERS: kplus.EnvValue.fromValue(this.props.bootstrapServers),
        KAFKA_HEAP_OPTS: kplus.EnvValue.fromValue('-Xmx128m'),
        LOG_DIR: kplus.EnvValue.fromValue('/tmp'),
      },
    }));
    container.mount('/tmp', kplus.Volume.fromEmptyDir(this, 'Scratch', 'scratch'));
  }

  private hashedName(): string {
    const hash = createHash('sha256').update(JSON.stringify(this.render())).digest('hex').slice(0, 8);
    return `${this.props.clusterName.slice(0, 47)}-topics-${hash}`; // at most 63 characters, as the Pods get it as a label
  }

  private render(): object | undefined {
    const spec = restrictedPodSpec(this._toPodSpec());
    const containers = spec.containers.map(container => ({ ...container, command: ['bash', '-c', topicScript(this.declared)] }));
    return kplus.k8s.toJson_JobSpec({
      backoffLimit: 6,
      podFailurePolicy: {
        rules: [{ action: 'FailJob', onExitCodes: { containerName: CONTAINER, operator: 'In', values: [REFUSED] }, onPodConditions: [] }],
      },
      template: { metadata: this.podMetadata.toJson(), spec: { ...spec, containers } },
    });
  }
}
