import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { takeDefaultClass } from './default-class';
import type { IStorageClass } from './i-storage-class';
import { clusterScoped } from './private/cluster-scoped';
import { requireReclaimPolicy } from './private/reclaim-policy';
import { type StorageCapabilities, StorageTopology } from './storage-capabilities';
import type { ExistingStorageClassOptions, StorageClassProps, TopologyRequirement } from './storage-class-props';
import { VolumeBindingMode } from './volume-binding-mode';
import { conflict, invalid, requireOneOf } from '../base/errors';
import { requireAnnotations, requireLabelKey, requireLabels, requireLabelValue } from '../base/label-syntax';
import { DNS_SUBDOMAIN, subdomainNameOf } from '../base/names';
import { takeClusterName } from '../base/taken-names';
import { checked, requireNew } from '../input/check-input';

/**
 * A class of storage that claims request. Its provisioner, parameters, reclaim policy and binding mode are immutable:
 * to change them, create a class with another name.
 *
 * @example
 * const fast = new StorageClass(this, 'Fast', { provisioner: Provisioner.awsEbs({ type: EbsVolumeType.GP3 }) });
 * new PersistentVolumeClaim(this, 'Data', { size: Size.gibibytes(20), storageClass: fast });
 *
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
export class StorageClass extends Construct implements IStorageClass {
  /**
   * A storage class that exists in the cluster already.
   *
   * @example
   * const fast = StorageClass.fromName(this, 'Fast', 'fast-ssd', { capabilities: { kind: StorageKind.BLOCK, expandable: true } });
   *
   * @param scope the parent construct
   * @param id the construct id
   * @param name the name of the StorageClass object in the cluster
   * @param options known properties of the class
   */
  @checked
  public static fromName(scope: Construct, id: string, name: string, options: ExistingStorageClassOptions = {}): IStorageClass {
    if (name.length > 253 || !DNS_SUBDOMAIN.test(name)) {
      throw invalid(`${scope.node.path}/${id}`, {
        property: 'name',
        got: name,
        expected: "at most 253 characters: lower-case letters, digits, '-' and '.'",
        hint: name === '' ? "Omit the class for the cluster's default class, or use StorageClass.none() for statically provisioned volumes." : undefined,
      });
    }
    return { name, ...options };
  }

  /**
   * No class, for claims to statically provisioned volumes. Not the same as omitting the class, which selects the
   * cluster's default class.
   */
  public static none(): IStorageClass {
    return { name: '' };
  }

  public readonly name: string;
  public readonly capabilities?: StorageCapabilities;
  public readonly bindingMode?: VolumeBindingMode;
  public readonly driver?: string;
  public readonly reclaimPolicy?: kplus.PersistentVolumeReclaimPolicy;

  /**
   * Throws if the class requests what its driver does not support.
   */
  public constructor(scope: Construct, id: string, props: StorageClassProps) {
    requireNew('StorageClass', scope, id, props);
    super(scope, id);
    const { provisioner } = props;
    this.name = subdomainNameOf(this, props.name);
    takeClusterName(this, 'StorageClass', this.name);
    this.driver = provisioner.driver;
    this.bindingMode = this.requireBindingMode(props);
    this.reclaimPolicy = requireReclaimPolicy(this, props.reclaimPolicy ?? kplus.PersistentVolumeReclaimPolicy.RETAIN);
    const allowExpansion = this.requireExpansion(props);
    this.capabilities = { ...provisioner.capabilities, expandable: allowExpansion ?? false }; // the API server's default is false
    this.requireTopologies(props.allowedTopologies);
    requireLabels(this, 'labels', props.labels);
    requireAnnotations(this, 'annotations', props.annotations);
    if (props.isDefault) takeDefaultClass(this);

    clusterScoped(new kplus.k8s.KubeStorageClass(this, 'Resource', {
      metadata: {
        name: this.name,
        labels: props.labels,
        annotations: props.isDefault ? { ...props.annotations, 'storageclass.kubernetes.io/is-default-class': 'true' } : props.annotations,
      },
      provisioner: provisioner.driver,
      parameters: Object.keys(provisioner.parameters).length > 0 ? provisioner.parameters : undefined,
      reclaimPolicy: this.reclaimPolicy,
      volumeBindingMode: this.bindingMode,
      allowVolumeExpansion: allowExpansion,
      mountOptions: props.mountOptions,
      allowedTopologies: props.allowedTopologies?.length ? [{ matchLabelExpressions: props.allowedTopologies }] : undefined,
    }));
  }

  private requireBindingMode({ bindingMode = VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER, provisioner }: StorageClassProps): VolumeBindingMode {
    requireOneOf(this, 'bindingMode', bindingMode, Object.values(VolumeBindingMode));
    const topology = provisioner.capabilities?.topology;
    if (bindingMode === VolumeBindingMode.IMMEDIATE && (topology === StorageTopology.ZONAL || topology === StorageTopology.NODE_BOUND)) {
      throw invalid(this, {
        property: 'bindingMode',
        got: bindingMode,
        expected: `${VolumeBindingMode.WAIT_FOR_FIRST_CONSUMER} for volumes that are ${topology}`,
        hint: 'A volume that is provisioned before its Pod is scheduled may be where the Pod cannot run: omit it.',
      });
    }
    return bindingMode;
  }

  private requireExpansion({ allowExpansion, provisioner }: StorageClassProps): boolean | undefined {
    if (allowExpansion && provisioner.capabilities?.expandable === false) {
      throw conflict(this, `'allowExpansion' is set, but volumes of ${provisioner.driver} cannot be expanded`, 'Remove it, and choose sizes that are large enough.');
    }
    return allowExpansion ?? provisioner.capabilities?.expandable;
  }

  private requireTopologies(requirements: TopologyRequirement[] = []): void {
    for (const { key, values } of requirements) {
      requireLabelKey(this, 'allowedTopologies', key);
      for (const value of values) requireLabelValue(this, `allowedTopologies '${key}'`, value);
      if (requirements.filter(other => other.key === key).length > 1) {
        throw conflict(this, `'allowedTopologies' names '${key}' twice`, 'Merge the values.');
      }
      if (values.length === 0) throw invalid(this, { property: `allowedTopologies '${key}'`, got: [], expected: 'at least one value', hint: 'Without values, no node matches.' });
      if (new Set(values).size < values.length) throw invalid(this, { property: `allowedTopologies '${key}'`, got: values, expected: 'each value once' });
    }
  }
}
