import type { Duration, Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { PodSecurityProps } from '../pod/pod-security-props';

/** Properties of a scratch Pod. */
export interface SharedScratchPodProps {
  /**
   * The name of the Pod, at most 52 characters.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * How much the scratch space may hold, more than zero. A Pod that writes more is evicted; without a limit it could
   * fill the disk of its node, and its neighbours would be.
   *
   * In memory it counts against the memory limits of the containers that write, so it must be less than their sum.
   *
   * @default - 1 GiB on disk, 64 MiB in memory
   */
  readonly sizeLimit?: Size;

  /**
   * Where the scratch space is: on the node's disk or in memory.
   *
   * @default kplus.EmptyDirMedium.DEFAULT
   */
  readonly medium?: kplus.EmptyDirMedium;

  /**
   * Whether containers that end are started again. With `NEVER` or `ON_FAILURE` the Pod is finished when its
   * containers are, sidecars not counted.
   *
   * @default kplus.RestartPolicy.ALWAYS
   */
  readonly restartPolicy?: kplus.RestartPolicy;

  /**
   * Users, groups and profiles of the Pod. Give `user` if an image runs as root or names its user.
   *
   * @default - Pod Security "restricted", with each image's own user and the group 1000 for the scratch space
   */
  readonly security?: PodSecurityProps;

  /**
   * Whether a NetworkPolicy keeps out everybody but those who were granted access.
   *
   * @default true
   */
  readonly isolate?: boolean;

  /**
   * How long containers may take to shut down, in whole seconds.
   *
   * @default Duration.seconds(30)
   */
  readonly terminationGrace?: Duration;

  /**
   * The service account of the Pod.
   *
   * @default - the namespace's default account, without a token
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
   * @default - the cluster's default
   */
  readonly priorityClassName?: string;

  /**
   * Labels of the Pod, beside our own.
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
   * @default - the cluster's
   */
  readonly dns?: kplus.PodDnsProps;

  /**
   * The credentials that pull the images.
   *
   * @default - none
   */
  readonly dockerRegistryAuth?: kplus.ISecret;
}

/**
 * A container that writes to the scratch space or reads from it: as in cdk8s-plus, but for some defaults. It is called
 * `writer`, `reader`, `writer-2` …; has 50 millicores and 256 MiB, which is its limit too; pulls images of fixed tags only
 * once; and with `portNumber` may take ten minutes to start.
 */
export interface ScratchContainerProps extends kplus.ContainerProps {
  /** Where the container finds the scratch space: an absolute path, another than `/`. */
  readonly mountPath: string;

  /**
   * Whether it is a native sidecar: started before the others, in the order in which they were added, and stopped when
   * they have finished. On Kubernetes 1.28 it needs the feature gate `SidecarContainers`; without, the Pod waits for
   * it indefinitely.
   *
   * @default - whether `restartPolicy` says so
   * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
   */
  readonly sidecar?: boolean;
}
