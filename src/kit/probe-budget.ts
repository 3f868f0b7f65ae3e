import { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';

/** Probe timing that fails after `budget`, rounded up to a whole number of periods. */
export function within(budget: Duration, period: Duration = Duration.seconds(5)): kplus.ProbeOptions {
  return {
    periodSeconds: period,
    failureThreshold: Math.max(1, Math.ceil(budget.toSeconds({ integral: false }) / period.toSeconds({ integral: false }))),
    timeoutSeconds: Duration.seconds(5),
  };
}
