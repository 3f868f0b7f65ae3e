import { ApiObject, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { PodContainerProps } from './pod-container-props';
import { attached, podContainer, podInitContainer } from './pod-containers';
import type { PodSecurityProps } from './pod-security-props';
import { completePodSpec, type FurtherPodSpec } from './pod-spec';
import { podSecurityContext } from './restricted';
import type { RendersStandIns } from './stand-ins';

/** What all workloads of ours have in common. */
export interface RenderedWorkloadProps extends kplus.WorkloadProps {
  readonly name: string;
  readonly labels: { [key: string]: string };
  /** Names the Pods, never depends on the construct tree: the selector is immutable. */
  readonly selectorLabels: { [key: string]: string };
  readonly security?: PodSecurityProps;
}

/** What object the API has for a workload. */
export interface WorkloadKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** The class of the object, if it renders otherwise than an ApiObject does. */
  readonly objectClass?: typeof ApiObject;
}

/**
 * A workload object. A cdk8s-plus Workload, so that scheduling, connections and selectors work, which renders
 * what cdk8s-plus cannot. None is exported: see docs/decisions/0001-compose-over-a-workload.md.
 */
export abstract class RenderedWorkload extends kplus.Workload implements RendersStandIns {
  public readonly rendersDevices = true;
  protected readonly apiObject: ApiObject;
  /** cdk8s-plus would make them itself, and render them. */
  private readonly ownInitContainers: kplus.Container[] = [];

  protected constructor(
    public readonly standInOwner: Construct, id: string,
    { apiVersion, kind, objectClass = ApiObject }: WorkloadKind, private readonly rendered: RenderedWorkloadProps,
  ) {
    super(standInOwner, id, { ...rendered, securityContext: podSecurityContext(rendered.security), select: false });
    this.apiObject = new objectClass(this, 'Resource', {
      apiVersion,
      kind,
      metadata: { name: rendered.name, labels: rendered.labels },
      spec: Lazy.any({ produce: () => this.render() }),
    });
    for (const [key, value] of Object.entries(rendered.selectorLabels)) this.podMetadata.addLabel(key, value);
    this.select(kplus.LabelSelector.of({ labels: rendered.selectorLabels }));
  }

  public get initContainers(): kplus.Container[] {
    return [...this.ownInitContainers];
  }

  public addContainer(props: PodContainerProps): kplus.Container {
    const container = podContainer(this.standInOwner, this, props, this.rendered.security);
    super.attachContainer(container);
    return container;
  }

  public attachContainer(container: kplus.Container): void {
    throw attached(this.standInOwner, container);
  }

  public addInitContainer(props: PodContainerProps): kplus.Container {
    const container = podInitContainer(this.standInOwner, this, props, this.rendered.security);
    this.ownInitContainers.push(container);
    return container;
  }

  /** The spec of the object, as the API has it. */
  protected abstract render(): object;

  protected renderPodSpec(further: FurtherPodSpec = {}): kplus.k8s.PodSpec {
    return completePodSpec(this, this._toPodSpec(), further, this.rendered.security);
  }
}
