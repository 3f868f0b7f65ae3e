import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { withEphemeralStorage } from './ephemeral-storage';
import type { PodContainerProps } from './pod-container-props';
import type { PodSecurityProps } from './pod-security-props';

/**
 * A container's properties with the defaults that a stateful Pod needs, where they differ from those of cdk8s-plus.
 * Explicit settings of the user take precedence.
 */
export function containerWithDefaults(props: PodContainerProps): PodContainerProps {
  return { ...props, imagePullPolicy: props.imagePullPolicy ?? pullPolicyOf(props.image), startup: props.startup ?? defaultStartup(props) };
}

/**
 * The same for an init container. cdk8s-plus gives every container with `portNumber` a startup probe, which Kubernetes
 * refuses for containers that run to completion, so the port is moved to `ports`.
 */
export function initContainerWithDefaults({ portNumber, port, ...props }: PodContainerProps): PodContainerProps {
  const number = portNumber ?? port;
  if (number === undefined || props.restartPolicy !== undefined) return containerWithDefaults({ portNumber, port, ...props });
  return containerWithDefaults({ ...props, ports: [{ number }, ...props.ports ?? []] });
}

/**
 * A container's security context: the one that "restricted" requires, or, if the Pod is not restricted, the defaults of
 * Kubernetes. Both are explicit, since cdk8s-plus sets its own defaults on each container, which override the Pod's.
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

/** A container's security context that drops all capabilities except those that the user adds, as "restricted" requires. */
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

/**
 * The container security context that "restricted" requires, with a read-only root file system, for containers that are
 * not rendered by cdk8s-plus.
 */
export const RESTRICTED_CONTAINER: kplus.k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: [kplus.Capability.ALL] },
};

/** A Pod spec rendered by cdk8s-plus, with ephemeral storage requests and the defaults of all Pods of the library. */
export function restrictedPodSpec(rendered: kplus.k8s.PodSpec, security?: PodSecurityProps): kplus.k8s.PodSpec {
  return closedPodSpec({
    ...rendered,
    containers: withEphemeralStorage('a container', rendered.containers, rendered.volumes),
    initContainers: rendered.initContainers && withEphemeralStorage('a container', rendered.initContainers, rendered.volumes),
  }, security);
}

/** A Pod spec with service links disabled by default, the seccomp profile, supplemental groups and SELinux options. */
export function closedPodSpec(spec: kplus.k8s.PodSpec, security: PodSecurityProps = {}): kplus.k8s.PodSpec {
  const { restricted = true, supplementalGroups, seLinuxOptions, seccompProfile } = security;
  return {
    ...spec,
    enableServiceLinks: spec.enableServiceLinks ?? false, // a Service named kafka would set KAFKA_PORT, which the image reads as configuration
    securityContext: {
      ...spec.securityContext,
      supplementalGroups,
      seLinuxOptions: seLinuxOptions && { ...seLinuxOptions },
      seccompProfile: seccompProfile ?? (restricted ? { type: kplus.SeccompProfileType.RUNTIME_DEFAULT } : undefined),
    },
  };
}

/** The default of Kubernetes, instead of the `Always` of cdk8s-plus. */
function pullPolicyOf(image: string): kplus.ImagePullPolicy {
  const reference = image.slice(image.lastIndexOf('/') + 1);
  const moving = !reference.includes('@') && (!reference.includes(':') || reference.endsWith(':latest'));
  return moving ? kplus.ImagePullPolicy.ALWAYS : kplus.ImagePullPolicy.IF_NOT_PRESENT;
}

/**
 * A startup probe of ten minutes for containers with `portNumber`, instead of the 30 s of cdk8s-plus, which would kill
 * a server that replays its log. A server that listens sooner is ready sooner.
 */
function defaultStartup(props: kplus.ContainerProps): kplus.Probe | undefined {
  const port = props.portNumber ?? props.port;
  return port === undefined ? undefined : kplus.Probe.fromTcpSocket({ port, periodSeconds: Duration.seconds(5), failureThreshold: 120 });
}
