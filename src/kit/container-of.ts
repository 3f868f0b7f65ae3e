import * as kplus from 'cdk8s-plus-28';
import type { MemberContainer } from './design';

/** A container of a design as cdk8s-plus has it. */
export function containerOf({ env, preStop, ...props }: MemberContainer): kplus.ContainerProps {
  return { ...props, envVariables: env, lifecycle: preStop && { preStop: kplus.Handler.fromCommand(preStop) } };
}
