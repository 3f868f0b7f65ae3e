import type { Duration, Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { PodContainerProps } from '../pod/pod-container-props';
import type { PodSecurityProps } from '../pod/pod-security-props';

/** Properties of a Pod with shared scratch space. */
export interface SharedScratchPodProps {
  /**
   * The name of the Pod, at most 52 characters.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The size limit of the scratch space, more than zero. A Pod that exceeds it is evicted, so that it cannot fill the disk of its
   * node and cause the eviction of other Pods.
   *
   * A scratch space in memory counts towards the memory limits of the containers that write to it, so it must be smaller than
   * their sum.
   *
   * @default - 1 GiB on disk, 64 MiB in memory
   */
  readonly sizeLimit?: Size;

  /**
   * The medium of the scratch space: the disk of the node, or memory.
   *
   * @default kplus.EmptyDirMedium.DEFAULT
   */
  readonly medium?: kplus.EmptyDirMedium;

  /**
   * Whether containers that exit are restarted. With `NEVER` or `ON_FAILURE`, the Pod is complete when all containers other than
   * sidecars have exited.
   *
   * @default kplus.RestartPolicy.ALWAYS
   */
  readonly restartPolicy?: kplus.RestartPolicy;

  /**
   * The security settings of the Pod. Set `user` if an image runs as root, or if it sets its user by name instead of by id.
   *
   * @default - Pod Security "restricted", with the user of each image and the group 1000 for the scratch space
   */
  readonly security?: PodSecurityProps;

  /**
   * Whether a NetworkPolicy denies ingress traffic except from the clients that were granted access.
   *
   * @default true
   */
  readonly isolate?: boolean;

  /**
   * The termination grace period, in whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly terminationGrace?: Duration;

  /**
   * The service account of the Pod.
   *
   * @default - the default service account of the namespace, without a token
   */
  readonly serviceAccount?: kplus.IServiceAccount;

  /**
   * Whether the Pod gets a token for the Kubernetes API.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;

  /**
   * The priority class of the Pod.
   *
   * @default - the default priority class of the cluster
   */
  readonly priorityClassName?: string;

  /**
   * Additional labels of the Pod.
   *
   * @default - none
   */
  readonly podLabels?: { [key: string]: string };

  /**
   * Annotations of the Pod.
   *
   * @default - none
   */
  readonly podAnnotations?: { [key: string]: string };

  /**
   * DNS settings of the Pod.
   *
   * @default - the DNS settings of the cluster
   */
  readonly dns?: kplus.PodDnsProps;

  /**
   * The credentials for pulling the images.
   *
   * @default - none
   */
  readonly dockerRegistryAuth?: kplus.ISecret;
}

/**
 * Properties of a container that writes to or reads from the scratch space.
 *
 * Some defaults differ from cdk8s-plus: the name is `writer`, `reader`, `writer-2` and so on; the CPU request is 50m, and the memory
 * request and limit are 256 MiB; images with fixed tags are pulled only if not present; and a container with a `portNumber` has ten
 * minutes to start.
 */
export interface ScratchContainerProps extends PodContainerProps {
  /** The mount path of the scratch space: an absolute path other than `/`. */
  readonly mountPath: string;

  /**
   * Whether the container is a native sidecar. Sidecars start before the other containers, in the order in which they were added,
   * and stop when the others have exited. On Kubernetes 1.28 this requires the feature gate `SidecarContainers`; without it, the Pod
   * waits indefinitely for the sidecar to exit.
   *
   * @default - true if `restartPolicy` is set
   * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
   */
  readonly sidecar?: boolean;
}
