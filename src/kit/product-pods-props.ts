import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/** What the user may say about the Pods of every product. */
export interface ProductPodsProps extends StatefulPodsProps {
  readonly security?: PodSecurityProps;
}
