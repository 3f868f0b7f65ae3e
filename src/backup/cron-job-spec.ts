import { type Cron, Duration } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { requireInteger } from '../base/errors';

/** What is said of the runs of a CronJob. */
export interface CronJobRuns {
  readonly schedule: Cron;
  readonly timeZone?: string;
  readonly suspend?: boolean;
  /** In seconds. */
  readonly deadline: number;
  /** How often a run that failed is tried again. */
  readonly retries: number;
}

const DEADLINE = Duration.hours(6);

/** The deadline in seconds. Throws if it is less than a minute. */
export function deadlineOf(where: IConstruct, property: string, deadline = DEADLINE): number {
  return requireInteger(where, `${property} in seconds`, deadline.toSeconds({ integral: false }), 60);
}

/** The spec of a CronJob that never runs twice at once, and whose failures stay to be looked at. */
export function cronJobSpec({ schedule, timeZone, suspend, deadline, retries }: CronJobRuns, template: object): object {
  return {
    schedule: schedule.expressionString,
    timeZone,
    suspend,
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 3600,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 3,
    jobTemplate: { spec: { backoffLimit: retries, activeDeadlineSeconds: deadline, template } },
  };
}
