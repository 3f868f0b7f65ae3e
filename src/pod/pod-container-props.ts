import type * as kplus from 'cdk8s-plus-28';
import type { SeLinuxOptions } from './se-linux-options';

/** Where Kubernetes takes the termination message of a container from. The values are those of the Kubernetes API. */
export enum TerminationMessagePolicy {
  /** The file at `terminationMessagePath` alone. */
  FILE = 'File',
  /** If the container failed and left the file empty, the end of its log. */
  FALLBACK_TO_LOGS_ON_ERROR = 'FallbackToLogsOnError',
}

/** A container of a Pod of ours: what containers of cdk8s-plus have, and more. */
export interface PodContainerProps extends kplus.ContainerProps {
  /**
   * How many GPUs, or other resources that nodes advertise, the container gets, by the name of the resource: `{ 'nvidia.com/gpu': 1 }`. Whole
   * numbers of at least 1; they are requested and limited alike, as Kubernetes wants it.
   *
   * @default - none
   * @see https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/
   */
  readonly extendedResources?: { [name: string]: number };

  /**
   * The SELinux context of the container.
   *
   * @default - that of the Pod
   */
  readonly seLinuxOptions?: SeLinuxOptions;

  /**
   * Whether the container has a standard input that stays open, for programs that end with it.
   *
   * @default false
   */
  readonly stdin?: boolean;

  /**
   * Whether the container has a terminal. Give `stdin` too.
   *
   * @default false
   */
  readonly tty?: boolean;

  /**
   * Where Kubernetes takes the container's termination message from, which `kubectl describe` shows.
   *
   * @default TerminationMessagePolicy.FILE
   * @see https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/#customizing-the-termination-message
   */
  readonly terminationMessagePolicy?: TerminationMessagePolicy;

  /**
   * The file that the container writes its termination message to: an absolute path. The kubelet mounts it, so that it can be written to where the
   * root file system is read-only.
   *
   * @default '/dev/termination-log'
   */
  readonly terminationMessagePath?: string;
}
