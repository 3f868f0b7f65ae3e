import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { bytesOf } from '../../base/quantity';

/** Claims in one namespace that the app creates, directly or through a template. */
export interface AppClaim {
  /** The owner and the claim: `StatefulSet/store: data`. */
  readonly who: string;
  readonly bytes: number;
  readonly count: number;
  /** Undefined for the cluster's default class. */
  readonly storageClass?: string;
}

interface ClaimSpecManifest {
  readonly resources?: { readonly requests?: { readonly storage?: string | number } };
  readonly storageClassName?: string;
}

interface JobSpecManifest {
  readonly completions?: number;
  readonly parallelism?: number;
  readonly template?: { readonly spec?: PodSpecManifest };
}

interface WorkloadManifest {
  readonly spec?: JobSpecManifest & {
    readonly replicas?: number;
    readonly jobTemplate?: { readonly spec?: JobSpecManifest };
    readonly volumeClaimTemplates?: { readonly metadata: { readonly name: string }; readonly spec: ClaimSpecManifest }[];
  } & PodSpecManifest & ClaimSpecManifest;
}

interface PodSpecManifest {
  readonly volumes?: { readonly name: string; readonly ephemeral?: { readonly volumeClaimTemplate?: { readonly spec: ClaimSpecManifest } } }[];
}

const WITH_CLAIMS = ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'PersistentVolumeClaim', 'Pod', 'ReplicaSet', 'StatefulSet'];

/** All claims that the app renders into the namespace of `where`, including those of other libraries. */
export function claimsBeside(where: IConstruct): AppClaim[] {
  const chart = Chart.of(where);
  const scope = chart.namespace === undefined ? chart : where.node.root;
  return scope.node.findAll()
    .filter((construct): construct is ApiObject => construct instanceof ApiObject && WITH_CLAIMS.includes(construct.kind))
    .filter(object => object.metadata.namespace === chart.namespace)
    .flatMap(claimsOf);
}

function claimsOf(object: ApiObject): AppClaim[] {
  const title = `${object.kind}/${object.name}`;
  const claim = (who: string, count: number, { resources, storageClassName }: ClaimSpecManifest): AppClaim =>
    ({ who, count, bytes: bytesOf(object, resources?.requests?.storage ?? 0), storageClass: storageClassName });
  const { spec = {} } = object.toJson() as WorkloadManifest;
  if (object.kind === 'PersistentVolumeClaim') return [claim(title, 1, spec)];
  const job = spec.jobTemplate?.spec ?? spec;
  const pod = job.template?.spec ?? spec;
  const count = podsOf(spec.replicas, job);
  return [
    ...(spec.volumeClaimTemplates ?? []).map(template => claim(`${title}: ${template.metadata.name}`, count, template.spec)),
    ...(pod.volumes ?? []).flatMap(({ name, ephemeral }) => ephemeral?.volumeClaimTemplate ? [claim(`${title}: ${name}`, count, ephemeral.volumeClaimTemplate.spec)] : []),
  ];
}

/** The number of Pods that exist at the same time, each with its own claims. Completed Pods of a Job remain as long as the Job. */
function podsOf(replicas: number | undefined, { completions, parallelism }: JobSpecManifest): number {
  return replicas ?? completions ?? parallelism ?? 1;
}
