import type { PodSecurityProps } from '../pod/pod-security-props';
import type { StatefulPodsProps } from '../workload/stateful-pods-props';

/** The user's settings for the Pods of a product. */
export interface ProductPodsProps extends StatefulPodsProps {
  readonly security?: PodSecurityProps;
}
