import { type Cron, Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { requireInteger } from '../base/errors';
import { recommendedLabels } from '../base/labels';
import { takeName } from '../base/taken-names';
import type { ProductPodsProps } from '../kit/product-pods-props';
import { podSpecJson } from '../pod/pod-spec-json';
import { RenderedWorkload } from '../pod/rendered-workload';
import { NetworkAccess } from '../workload/network-access';

/** What the jobs of a backup have in common. */
export interface CronJobProps {
  readonly name: string;
  /** The name of the database. */
  readonly database: string;
  readonly pods: ProductPodsProps;
  readonly schedule: Cron;
  readonly timeZone?: string;
  readonly suspend?: boolean;
  readonly deadline?: Duration;
}

/** What differs between them. */
export interface CronJobTraits {
  /** What follows the name in the address of the Pods. Sets select Pods, and call policies, by their name, which has no dot. */
  readonly suffix: string;
  /** The user id of the image. */
  readonly user?: number;
  /** The property of the deadline, as users write it. */
  readonly deadline: string;
  /** How often a run that failed is tried again. */
  readonly retries: number;
  readonly hostname?: string;
}

const DEADLINE = Duration.hours(6);

/** A CronJob that never runs twice at once, and whose failures stay to be looked at. */
export abstract class BackupCronJob extends RenderedWorkload {
  public readonly resourceType = 'cronjobs';
  private readonly deadline: number;

  protected constructor(scope: Construct, id: string, private readonly job: CronJobProps, private readonly traits: CronJobTraits) {
    const { name, database, pods } = job;
    super(scope, id, { apiVersion: 'batch/v1', kind: 'CronJob' }, {
      name,
      labels: recommendedLabels(database),
      selectorLabels: { [kplus.Pod.ADDRESS_LABEL]: `${name}.${traits.suffix}` },
      podMetadata: { labels: recommendedLabels(database) },
      dockerRegistryAuth: pods.dockerRegistryAuth,
      restartPolicy: kplus.RestartPolicy.NEVER, // a Pod that failed stays, with its log
      dns: traits.hostname === undefined ? undefined : { hostname: traits.hostname },
      security: { ...pods.security, user: pods.security?.user ?? traits.user },
    });
    takeName(this, 'CronJob', name);
    this.deadline = requireInteger(this, `${traits.deadline} in seconds`, (job.deadline ?? DEADLINE).toSeconds({ integral: false }), 60);
  }

  /** Denies ingress, and egress too if `limitEgress` is set. */
  protected createPolicy(limitEgress: boolean): void {
    const { name, database, pods } = this.job;
    new NetworkAccess(this, {
      name: `${name}.${this.traits.suffix}`, instance: database, pods: this, amongThemselves: false, isolate: pods.isolate ?? true, limitEgress,
    });
  }

  protected render(): object {
    const { schedule, timeZone, suspend } = this.job;
    const template = { metadata: this.podMetadata.toJson(), spec: podSpecJson(this.renderPodSpec()) };
    return {
      schedule: schedule.expressionString,
      timeZone,
      suspend,
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: { spec: { backoffLimit: this.traits.retries, activeDeadlineSeconds: this.deadline, template } },
    };
  }
}
