import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { type DeclaredTopic, topicArgument } from './declared-topic';
import { TOPICS_SH } from './shell';
import { recommendedLabels } from '../base/labels';
import { takeName } from '../base/taken-names';
import { companionMetadata, companionSpec } from '../kit/companion-pods';
import type { ProductPodsProps } from '../kit/product-pods-props';
import { podSpecJson } from '../pod/pod-spec-json';
import { RenderedWorkload } from '../pod/rendered-workload';
import { NetworkAccess } from '../workload/network-access';

/** The cluster, and the properties of the Pod. */
export interface TopicsDeploymentProps {
  readonly clusterName: string;
  readonly image: string;
  readonly bootstrapServers: string;
  readonly resources?: kplus.ContainerResources;
  /** The properties of the brokers' Pods. */
  readonly pods: ProductPodsProps;
}

/** The file that exists while all topics are as declared. */
const MARK = '/tmp/as-declared';

/** While it sleeps, only a shell runs; the tools that it starts from time to time are Java programs. */
const RESOURCES: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(50) },
  memory: { request: Size.mebibytes(64), limit: Size.mebibytes(384) },
};

/**
 * The Deployment that keeps the topics of a cluster as declared. The topics are part of its Pod template, so every change is a
 * rollout, also one that reverts an earlier change, and the rollout is complete when all topics are as declared.
 */
export class TopicsDeployment extends RenderedWorkload {
  public readonly resourceType = 'deployments';
  private readonly topics = new Map<string, DeclaredTopic>();

  public constructor(scope: Construct, id: string, private readonly props: TopicsDeploymentProps) {
    const { clusterName, pods } = props;
    const name = `${clusterName}-topics`;
    // The dot avoids a collision with StatefulSets, whose selectors and policies use the name of the set.
    const address = `${clusterName}.topics`;
    super(scope, id, { apiVersion: 'apps/v1', kind: 'Deployment' }, {
      name,
      labels: recommendedLabels(clusterName),
      selectorLabels: { [kplus.Pod.ADDRESS_LABEL]: address },
      podMetadata: companionMetadata(clusterName, pods),
      serviceAccount: pods.serviceAccount,
      dockerRegistryAuth: pods.dockerRegistryAuth,
      security: pods.security,
    });
    takeName(this, 'Deployment', name);
    pods.placement?._chooseNodes(this.scheduling);
    this.addTools();
    new NetworkAccess(this, {
      name: address, instance: clusterName, pods: this, amongThemselves: false, isolate: pods.isolate ?? true, limitEgress: pods.egress ?? false,
    });
  }

  /** The topics sorted by name, so that a change of their order is no rollout. */
  public get declared(): DeclaredTopic[] {
    return [...this.topics.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  public declare(topic: DeclaredTopic): void {
    this.topics.set(topic.name, topic);
  }

  private addTools(): void {
    const container = this.addContainer({
      name: 'topics',
      image: this.props.image,
      resources: this.props.resources ?? RESOURCES,
      envVariables: {
        BOOTSTRAP_SERVERS: kplus.EnvValue.fromValue(this.props.bootstrapServers),
        KAFKA_HEAP_OPTS: kplus.EnvValue.fromValue('-XX:MaxRAMPercentage=35'),
        // The tools are too short-lived to benefit from server settings: this halves their CPU use.
        KAFKA_JVM_PERFORMANCE_OPTS: kplus.EnvValue.fromValue('-XX:+UseSerialGC -XX:TieredStopAtLevel=1'),
        LOG_DIR: kplus.EnvValue.fromValue('/tmp'),
      },
      readiness: kplus.Probe.fromCommand(['test', '-e', MARK], { periodSeconds: Duration.seconds(5), failureThreshold: 1 }),
    });
    container.mount('/tmp', kplus.Volume.fromEmptyDir(this, 'Scratch', 'scratch', { sizeLimit: Size.mebibytes(32) }));
  }

  protected render(): object {
    const args = this.declared.map(topic => topicArgument(topic).replace(/\$/g, '$$$$')); // otherwise Kubernetes would expand $(VARIABLES)
    const spec = this.renderPodSpec(companionSpec(this.props.pods));
    const containers = spec.containers.map(container => ({ ...container, command: ['bash', '-c', TOPICS_SH, 'topics.sh'], args }));
    return {
      replicas: 1,
      selector: { matchLabels: this.matchLabels },
      strategy: { type: 'Recreate' }, // two Pods would revert each other's changes
      template: { metadata: this.podMetadata.toJson(), spec: podSpecJson({ ...spec, containers }) },
    };
  }
}
