import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { containerOf } from './container-of';
import type { Task } from './design';
import type { MemberMount } from './member-mount';
import { folderVolume, secretVolume } from './pod-volumes';
import type { ProductPodsProps } from './product-pods-props';
import { contentHash } from '../base/content-hash';
import { conflict } from '../base/errors';
import { recommendedLabels } from '../base/labels';
import { requireDnsLabel } from '../base/names';
import { OwnApiObject } from '../base/own-api-object';
import { takeName } from '../base/taken-names';
import { podSpecJson } from '../pod/pod-spec-json';
import { RenderedWorkload } from '../pod/rendered-workload';
import { NetworkAccess } from '../workload/network-access';

/** A task, with the user's settings for the Pods of its product. */
export interface ContentJobProps extends Task {
  /** The product that the task belongs to. */
  readonly instance: string;
  readonly pods: ProductPodsProps;
}

/** The name is followed by a dash and ten digits of a hash; a CronJob appends a dash and the time. */
const MAX_NAME = 52;

/**
 * A task as a Job whose name ends with a hash of its content. Applying the same content again does nothing, since the
 * Job has already run; changed content results in a new Job. A task with a schedule is a CronJob with the task's name.
 */
export class ContentJob extends RenderedWorkload {
  public readonly resourceType = 'jobs';

  public constructor(scope: Construct, id: string, private readonly props: ContentJobProps) {
    const { name, instance, container, mounts = [], schedule, user, pods } = props;
    const type = schedule === undefined ? { kind: 'Job', objectClass: NamedByContent } : { kind: 'CronJob' };
    // Sets use their names, which have no dots, to select Pods and to name policies.
    const address = `${name}.task`;
    super(scope, id, { apiVersion: 'batch/v1', ...type }, {
      name: requireDnsLabel(scope, 'tasks.name', name, MAX_NAME),
      labels: recommendedLabels(instance),
      selectorLabels: { [kplus.Pod.ADDRESS_LABEL]: address },
      podMetadata: { labels: recommendedLabels(instance) },
      dockerRegistryAuth: pods.dockerRegistryAuth,
      restartPolicy: kplus.RestartPolicy.ON_FAILURE,
      security: { ...pods.security, user: pods.security?.user ?? user },
    });
    takeName(this, type.kind, name);
    pods.placement?._chooseNodes(this.scheduling);
    const added = this.addContainer(containerOf(container));
    for (const mount of mounts) this.mount(added, mount);
    new NetworkAccess(this, {
      name: address, instance, pods: this, amongThemselves: false, isolate: pods.isolate ?? true, limitEgress: pods.egress ?? false,
    });
  }

  protected render(): object {
    const { schedule } = this.props;
    const job = { backoffLimit: 6, template: { metadata: this.podMetadata.toJson(), spec: podSpecJson(this.renderPodSpec()) } };
    return schedule === undefined ? job : { schedule: schedule.expressionString, concurrencyPolicy: 'Forbid', jobTemplate: { spec: job } };
  }

  private mount(container: kplus.Container, { name, path, _source: source }: MemberMount): void {
    if (source.kind === 'secret') container.mount(path, secretVolume(this, name, source), { readOnly: true });
    else if (source.kind === 'folder') container.mount(path, folderVolume(this.standInOwner, name, source));
    else throw conflict(this, `the task '${this.props.name}' mounts '${name}', which only members can mount`, 'Tasks can only mount Secrets and folders.');
  }
}

class NamedByContent extends OwnApiObject {
  public toJson(): { metadata: object; spec: object } {
    const json = super.toJson() as { metadata: object; spec: object };
    return { ...json, metadata: { ...json.metadata, name: `${this.name}-${contentHash(this, { data: { spec: JSON.stringify(json.spec) } })}` } };
  }
}
