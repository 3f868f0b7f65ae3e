import { ApiObject } from 'cdk8s';
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
import { takeName } from '../base/taken-names';
import { podSpecJson } from '../pod/pod-spec-json';
import { RenderedWorkload } from '../pod/rendered-workload';
import { NetworkAccess } from '../workload/network-access';

/** A task, and what the user says about the Pods of its product. */
export interface ContentJobProps extends Task {
  /** The product that it belongs to. */
  readonly instance: string;
  readonly pods: ProductPodsProps;
}

/** A dash and ten digits of a hash follow the name; a CronJob puts a dash and the time behind it. */
const MAX_NAME = 52;

/**
 * A task as a Job whose name ends in a hash of its content: applied again it is the same Job, which has run, and changed it is
 * another one. With a schedule it is a CronJob of the task's own name.
 */
export class ContentJob extends RenderedWorkload {
  public readonly resourceType = 'jobs';

  public constructor(scope: Construct, id: string, private readonly props: ContentJobProps) {
    const { name, instance, container, mounts = [], schedule, user, pods } = props;
    const type = schedule === undefined ? { kind: 'Job', objectClass: NamedByContent } : { kind: 'CronJob' };
    // Sets select Pods, and call policies, by their name, which has no dot.
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
    else throw conflict(this, `the task '${this.props.name}' mounts '${name}', which only members can`, 'Give it Secrets and folders.');
  }
}

class NamedByContent extends ApiObject {
  public toJson(): { metadata: object; spec: object } {
    const json = super.toJson() as { metadata: object; spec: object };
    return { ...json, metadata: { ...json.metadata, name: `${this.name}-${contentHash(this, { data: { spec: JSON.stringify(json.spec) } })}` } };
  }
}
