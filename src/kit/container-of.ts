import * as kplus from 'cdk8s-plus-28';
import type { MemberContainer } from './design';

/** Converts a container of a design to cdk8s-plus properties. */
export function containerOf({ env, preStop, ...props }: MemberContainer): kplus.ContainerProps {
  return { ...props, envVariables: env, lifecycle: preStop && { preStop: kplus.Handler.fromCommand(preStop) } };
}
