import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { placeholdersOf, RendersPlaceholders, withoutPlaceholders } from './placeholder-volumes';
import { attached, podContainer, podInitContainer } from './pod-containers';
import { podSecurityContext, restrictedPodSpec } from './restricted';
import { PodSecurityProps } from '../workload/pod-security-props';

/** The parts of a Pod that cdk8s-plus does not render. */
export interface RenderedPodProps extends kplus.PodProps {
  /** The value of the label that cdk8s-plus selects the Pod by; its own is a hash of the construct's path. */
  readonly address: string;
  readonly security?: PodSecurityProps;
  readonly priorityClassName?: string;
}

/**
 * The Pod object. A cdk8s-plus Pod, so that scheduling, connections and selectors work, which renders what cdk8s-plus
 * cannot. It is not exported, like RenderedStatefulSet.
 */
export class RenderedPod extends kplus.Pod implements RendersPlaceholders {
  public readonly rendersDevices = false;

  public constructor(public readonly placeholderOwner: Construct, id: string, private readonly props: RenderedPodProps) {
    super(placeholderOwner, id, { ...props, securityContext: podSecurityContext(props.security) });
    this.metadata.addLabel(kplus.Pod.ADDRESS_LABEL, props.address);
  }

  public addContainer(props: kplus.ContainerProps): kplus.Container {
    const container = new kplus.Container(podContainer(this.placeholderOwner, this, props));
    super.attachContainer(container);
    return container;
  }

  public attachContainer(container: kplus.Container): void {
    throw attached(this.placeholderOwner, container);
  }

  public addInitContainer(props: kplus.ContainerProps): kplus.Container {
    return super.addInitContainer(podInitContainer(this.placeholderOwner, this, props));
  }

  /** @internal */
  public _toKube(): kplus.k8s.PodSpec {
    const spec = super._toKube();
    return {
      ...restrictedPodSpec(spec, this.props.security),
      priorityClassName: this.props.priorityClassName,
      volumes: withoutPlaceholders(placeholdersOf(this), spec.volumes),
    };
  }
}
