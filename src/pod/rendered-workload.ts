import { type ApiObject, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { PodContainerProps } from './pod-container-props';
import { attached, podContainer, podInitContainer } from './pod-containers';
import type { PodSecurityProps } from './pod-security-props';
import { completePodSpec, type FurtherPodSpec } from './pod-spec';
import { podSecurityContext } from './restricted';
import type { RendersStandIns } from './stand-ins';
import { OwnApiObject } from '../base/own-api-object';

/** The properties that all workloads of the library have in common. */
export interface RenderedWorkloadProps extends kplus.WorkloadProps {
  readonly name: string;
  readonly labels: { [key: string]: string };
  /** The labels that select the Pods. They never depend on the construct tree, because the selector is immutable. */
  readonly selectorLabels: { [key: string]: string };
  readonly security?: PodSecurityProps;
}

/** The API object of a workload. */
export interface WorkloadKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** The class of the object, if it renders differently from other objects. */
  readonly objectClass?: typeof OwnApiObject;
}

/**
 * A workload object. It is a cdk8s-plus Workload, so that scheduling, connections and selectors work, and also renders
 * what cdk8s-plus does not support. Subclasses are not exported: see docs/decisions/0001-compose-over-a-workload.md.
 */
export abstract class RenderedWorkload extends kplus.Workload implements RendersStandIns {
  public readonly rendersDevices = true;
  protected readonly apiObject: ApiObject;
  /** Not passed to cdk8s-plus, which would create and render them itself. */
  private readonly ownInitContainers: kplus.Container[] = [];

  protected constructor(
    public readonly standInOwner: Construct, id: string,
    { apiVersion, kind, objectClass = OwnApiObject }: WorkloadKind, private readonly rendered: RenderedWorkloadProps,
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

  /** Renders the spec of the object in the format of the API. */
  protected abstract render(): object;

  protected renderPodSpec(further: FurtherPodSpec = {}): kplus.k8s.PodSpec {
    return completePodSpec(this, this._toPodSpec(), further, this.rendered.security);
  }
}
