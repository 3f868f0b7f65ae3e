import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { withEphemeralStorage } from './ephemeral-storage';
import type { PodSecurityProps } from './pod-security-props';

/**
 * A container's properties with the defaults that a stateful Pod under Pod Security "restricted" needs, where
 * those of cdk8s-plus differ. What the user gives always wins.
 *
 * @param ensureNonRoot what the Pod says; cdk8s-plus writes its own default into each container, which beats the Pod's
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restrictedContainer(props: kplus.ContainerProps, ensureNonRoot?: boolean): kplus.ContainerProps {
  return {
    ...props,
    imagePullPolicy: props.imagePullPolicy ?? pullPolicyOf(props.image),
    startup: props.startup ?? defaultStartup(props),
    securityContext: { ensureNonRoot, ...withoutCapabilities(props.securityContext) },
  };
}

/**
 * The same for a container that runs before the others. cdk8s-plus gives any container with `portNumber` a startup probe,
 * which Kubernetes refuses for one that runs to its end: so its port is one of its `ports`.
 */
export function restrictedInitContainer({ portNumber, port, ...props }: kplus.ContainerProps, ensureNonRoot?: boolean): kplus.ContainerProps {
  const number = portNumber ?? port;
  if (number === undefined || props.restartPolicy !== undefined) return restrictedContainer({ portNumber, port, ...props }, ensureNonRoot);
  return restrictedContainer({ ...props, ports: [{ number }, ...props.ports ?? []] }, ensureNonRoot);
}

/** A container's security context that drops all capabilities but those that the user adds, as "restricted" wants it. */
export function withoutCapabilities(props: kplus.ContainerSecurityContextProps = {}): kplus.ContainerSecurityContextProps {
  return { ...props, capabilities: { drop: [kplus.Capability.ALL], ...props.capabilities } };
}

/** The part of a Pod's security context that cdk8s-plus renders. */
export function podSecurityContext(security: PodSecurityProps = {}): kplus.PodSecurityContextProps {
  const { seccompProfile, supplementalGroups, ...rendered } = security;
  const group = rendered.group ?? rendered.user;
  return {
    fsGroupChangePolicy: kplus.FsGroupChangePolicy.ON_ROOT_MISMATCH,
    ...rendered,
    group,
    fsGroup: rendered.fsGroup ?? group,
  };
}

/** What "restricted" wants of a container, and a read-only root, where no cdk8s-plus renders it. */
export const RESTRICTED_CONTAINER: kplus.k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: [kplus.Capability.ALL] },
};

/** A Pod spec that cdk8s-plus rendered, with what it does not know of: room on the node's disk, and what every Pod of ours has. */
export function restrictedPodSpec(rendered: kplus.k8s.PodSpec, security?: PodSecurityProps): kplus.k8s.PodSpec {
  return closedPodSpec({
    ...rendered,
    containers: withEphemeralStorage('a container', rendered.containers, rendered.volumes),
    initContainers: rendered.initContainers && withEphemeralStorage('a container', rendered.initContainers, rendered.volumes),
  }, security);
}

/** A Pod spec with service links off, seccomp, and further groups. */
export function closedPodSpec(spec: kplus.k8s.PodSpec, security: PodSecurityProps = {}): kplus.k8s.PodSpec {
  return {
    ...spec,
    enableServiceLinks: false, // a Service called KAFKA would set KAFKA_PORT, which the image reads as configuration
    securityContext: {
      ...spec.securityContext,
      supplementalGroups: security.supplementalGroups,
      seccompProfile: security.seccompProfile ?? { type: kplus.SeccompProfileType.RUNTIME_DEFAULT },
    },
  };
}

/** Kubernetes' own default, where cdk8s-plus always pulls. */
function pullPolicyOf(image: string): kplus.ImagePullPolicy {
  const reference = image.slice(image.lastIndexOf('/') + 1);
  const moving = !reference.includes('@') && (!reference.includes(':') || reference.endsWith(':latest'));
  return moving ? kplus.ImagePullPolicy.ALWAYS : kplus.ImagePullPolicy.IF_NOT_PRESENT;
}

/**
 * cdk8s-plus gives a container with `portNumber` a startup probe of 30 s, which kills a server that replays its
 * log. Ten minutes instead; a server that listens sooner is started sooner.
 */
function defaultStartup(props: kplus.ContainerProps): kplus.Probe | undefined {
  const port = props.portNumber ?? props.port;
  return port === undefined ? undefined : kplus.Probe.fromTcpSocket({ port, periodSeconds: Duration.seconds(5), failureThreshold: 120 });
}
