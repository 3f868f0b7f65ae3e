import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { withEphemeralStorage } from './ephemeral-storage';
import type { PodContainerProps } from './pod-container-props';
import type { PodSecurityProps } from './pod-security-props';

/**
 * A container's properties with the defaults that a stateful Pod needs, where those of cdk8s-plus differ. What the user gives always wins.
 */
export function containerWithDefaults(props: PodContainerProps): PodContainerProps {
  return { ...props, imagePullPolicy: props.imagePullPolicy ?? pullPolicyOf(props.image), startup: props.startup ?? defaultStartup(props) };
}

/**
 * The same for a container that runs before the others. cdk8s-plus gives any container with `portNumber` a startup probe,
 * which Kubernetes refuses for one that runs to its end: so its port is one of its `ports`.
 */
export function initContainerWithDefaults({ portNumber, port, ...props }: PodContainerProps): PodContainerProps {
  const number = portNumber ?? port;
  if (number === undefined || props.restartPolicy !== undefined) return containerWithDefaults({ portNumber, port, ...props });
  return containerWithDefaults({ ...props, ports: [{ number }, ...props.ports ?? []] });
}

/**
 * A container's security context: as "restricted" wants it, or, where the Pod is not restricted, Kubernetes' own defaults. Both are written
 * out, since cdk8s-plus writes its own into each container, which beat the Pod's.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function containerSecurityContext(
  given: kplus.ContainerSecurityContextProps = {}, pod: kplus.PodSecurityContext, restricted = true,
): kplus.ContainerSecurityContextProps {
  const { ensureNonRoot } = pod;
  return restricted
    ? { ensureNonRoot, ...withoutCapabilities(given) }
    : { ensureNonRoot, allowPrivilegeEscalation: true, readOnlyRootFilesystem: false, ...given };
}

/** A container's security context that drops all capabilities but those that the user adds, as "restricted" wants it. */
export function withoutCapabilities(props: kplus.ContainerSecurityContextProps = {}): kplus.ContainerSecurityContextProps {
  return { ...props, capabilities: { drop: [kplus.Capability.ALL], ...props.capabilities } };
}

/** The part of a Pod's security context that cdk8s-plus renders. */
export function podSecurityContext(security: PodSecurityProps = {}): kplus.PodSecurityContextProps {
  const { restricted = true, groupFollowsUser = restricted, seccompProfile, supplementalGroups, seLinuxOptions, ...rendered } = security;
  const group = rendered.group ?? (groupFollowsUser ? rendered.user : undefined);
  return {
    fsGroupChangePolicy: kplus.FsGroupChangePolicy.ON_ROOT_MISMATCH,
    ...rendered,
    ensureNonRoot: rendered.ensureNonRoot ?? restricted,
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

/** A Pod spec with service links off unless it says otherwise, seccomp, further groups and SELinux. */
export function closedPodSpec(spec: kplus.k8s.PodSpec, security: PodSecurityProps = {}): kplus.k8s.PodSpec {
  const { restricted = true, supplementalGroups, seLinuxOptions, seccompProfile } = security;
  return {
    ...spec,
    enableServiceLinks: spec.enableServiceLinks ?? false, // a Service called KAFKA would set KAFKA_PORT, which the image reads as configuration
    securityContext: {
      ...spec.securityContext,
      supplementalGroups,
      seLinuxOptions: seLinuxOptions && { ...seLinuxOptions },
      seccompProfile: seccompProfile ?? (restricted ? { type: kplus.SeccompProfileType.RUNTIME_DEFAULT } : undefined),
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
