import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { PodContainerProps } from './pod-container-props';
import { attached, podContainer, podInitContainer } from './pod-containers';
import type { PodSecurityProps } from './pod-security-props';
import { completePodSpec } from './pod-spec';
import { podSecurityContext } from './restricted';
import type { RendersStandIns } from './stand-ins';

/** The parts of a Pod that cdk8s-plus does not render. */
export interface RenderedPodProps extends kplus.PodProps {
  /** The value of the label by which cdk8s-plus selects the Pod, instead of a hash of the construct's path. */
  readonly address: string;
  readonly security?: PodSecurityProps;
  readonly priorityClassName?: string;
}

/**
 * The Pod object. It is a cdk8s-plus Pod, so that scheduling, connections and selectors work, and also renders what
 * cdk8s-plus does not support. Like RenderedStatefulSet, it is not exported.
 */
export class RenderedPod extends kplus.Pod implements RendersStandIns {
  public readonly rendersDevices = false;
  /** Not passed to cdk8s-plus, which would create and render them itself. */
  private readonly ownInitContainers: kplus.Container[] = [];

  public constructor(public readonly standInOwner: Construct, id: string, private readonly props: RenderedPodProps) {
    super(standInOwner, id, { ...props, securityContext: podSecurityContext(props.security) });
    this.metadata.addLabel(kplus.Pod.ADDRESS_LABEL, props.address);
  }

  public get initContainers(): kplus.Container[] {
    return [...this.ownInitContainers];
  }

  public addContainer(props: PodContainerProps): kplus.Container {
    const container = podContainer(this.standInOwner, this, props, this.props.security);
    super.attachContainer(container);
    return container;
  }

  public attachContainer(container: kplus.Container): void {
    throw attached(this.standInOwner, container);
  }

  public addInitContainer(props: PodContainerProps): kplus.Container {
    const container = podInitContainer(this.standInOwner, this, props, this.props.security);
    this.ownInitContainers.push(container);
    return container;
  }

  /** @internal */
  public _toKube(): kplus.k8s.PodSpec {
    return completePodSpec(this, super._toKube(), { priorityClassName: this.props.priorityClassName }, this.props.security);
  }
}
