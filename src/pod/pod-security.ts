import * as kplus from 'cdk8s-plus-28';
import { withoutCapabilities } from './restricted';
import { checked } from '../input/check-input';

/** Security contexts for containers of plain cdk8s-plus Pods, such as the clients of a database. */
export class PodSecurity {
  /**
   * A security context that Pod Security "restricted" admits. Containers of this library have it by default; those of a
   * cdk8s-plus Deployment lack the dropped capabilities and the seccomp profile.
   *
   * @example
   * new kplus.Deployment(this, 'Api', {
   *   containers: [{ image: 'shop/api:1', portNumber: 8080, securityContext: PodSecurity.restricted({ user: 1000 }) }],
   * });
   *
   * @param props overrides, such as the user to run as; all capabilities are dropped except those you add
   * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
   */
  @checked
  public static restricted(props: kplus.ContainerSecurityContextProps = {}): kplus.ContainerSecurityContextProps {
    return {
      seccompProfile: { type: kplus.SeccompProfileType.RUNTIME_DEFAULT },
      ...withoutCapabilities(props),
    };
  }

  private constructor() {}
}
