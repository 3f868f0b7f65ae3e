import type * as kplus from 'cdk8s-plus-28';
import type { SeLinuxOptions } from './se-linux-options';

/** Where Kubernetes reads the termination message of a container from. The values are those of the Kubernetes API. */
export enum TerminationMessagePolicy {
  /** Only the file at `terminationMessagePath`. */
  FILE = 'File',
  /** The file; if the container failed and the file is empty, the end of its log. */
  FALLBACK_TO_LOGS_ON_ERROR = 'FallbackToLogsOnError',
}

/** Properties of a container: those of cdk8s-plus, and further ones that it lacks. */
export interface PodContainerProps extends kplus.ContainerProps {
  /**
   * GPUs and other extended resources that nodes advertise, by resource name: `{ 'nvidia.com/gpu': 1 }`. Whole numbers of at least 1. The
   * request equals the limit, as Kubernetes requires.
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
   * Whether the container keeps its standard input open, for programs that exit when it closes.
   *
   * @default false
   */
  readonly stdin?: boolean;

  /**
   * Whether the container gets a terminal. Requires `stdin`.
   *
   * @default false
   */
  readonly tty?: boolean;

  /**
   * Where Kubernetes reads the termination message from, which `kubectl describe` shows.
   *
   * @default TerminationMessagePolicy.FILE
   * @see https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/#customizing-the-termination-message
   */
  readonly terminationMessagePolicy?: TerminationMessagePolicy;

  /**
   * The absolute path of the file that the container writes its termination message to. The kubelet mounts it, so it is writable even if the
   * root file system is read-only.
   *
   * @default '/dev/termination-log'
   */
  readonly terminationMessagePath?: string;
}
