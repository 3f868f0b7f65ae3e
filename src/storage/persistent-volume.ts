import { Lazy, type Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { IPersistentVolume } from './i-persistent-volume';
import type { IStorageClass } from './i-storage-class';
import { PersistentVolumeClaim } from './persistent-volume-claim';
import type { ClaimReference, PersistentVolumeProps, ReserveOptions } from './persistent-volume-props';
import { sourceMisfit } from './private/claim-fit';
import type { ClaimSpec } from './private/claim-spec';
import { clusterScoped } from './private/cluster-scoped';
import type { StorageCapabilities } from './storage-capabilities';
import { StorageClass } from './storage-class';
import { conflict, invalid, requireOneOf } from '../base/errors';
import { requireAnnotations, requireLabels } from '../base/label-syntax';
import { requireNodeLabels } from '../base/labeled-nodes';
import { namespaceOf, subdomainNameOf } from '../base/names';
import { bytesIn, quantity, requireSize } from '../base/quantity';
import { requireReclaimPolicy } from './private/reclaim-policy';
import { takeClusterName } from '../base/taken-names';
import type { ReservingClaim } from './private/volume-reservation';
import { checked, requireNew } from '../input/check-input';

/**
 * A statically provisioned volume: existing storage, or storage that no driver provisions.
 *
 * @example
 * const archive = new PersistentVolume(this, 'Archive', {
 *   source: VolumeSource.nfs({ server: 'nfs.example', path: '/exports/archive' }),
 *   capacity: Size.gibibytes(500),
 *   accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY],
 * });
 * const claim = archive.reserve();
 *
 * @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/
 */
export class PersistentVolume extends Construct implements IPersistentVolume {
  /**
   * A volume that exists in the cluster already.
   *
   * @param _scope the parent construct
   * @param _id the construct id
   * @param name the name of the PersistentVolume object
   * @param storageClass the class that claims must request; none by default
   */
  @checked
  public static fromName(_scope: Construct, _id: string, name: string, storageClass?: IStorageClass): IPersistentVolume {
    return { name, storageClass: storageClass ?? StorageClass.none() };
  }

  public readonly name: string;
  public readonly storageClass: IStorageClass;
  public readonly capabilities?: StorageCapabilities;
  public readonly driver?: string;
  /** The capacity of the volume. */
  public readonly capacity: Size;
  /** The access modes of the volume. */
  public readonly accessModes: kplus.PersistentVolumeAccessMode[];
  /** Whether the volume is a file system or a raw block device. */
  public readonly volumeMode: kplus.PersistentVolumeMode;

  private claim?: ClaimReference;

  /**
   * Throws if the source does not support the other properties.
   */
  public constructor(scope: Construct, id: string, private readonly props: PersistentVolumeProps) {
    requireNew('PersistentVolume', scope, id, props);
    super(scope, id);
    this.name = subdomainNameOf(this, props.name);
    takeClusterName(this, 'PersistentVolume', this.name);
    this.storageClass = props.storageClass ?? StorageClass.none();
    this.capabilities = props.source._spec.capabilities ?? {};
    this.driver = props.source._spec.kube.csi?.driver;
    this.capacity = requireSize(this, 'capacity', props.capacity);
    this.accessModes = this.requireAccessModes();
    this.volumeMode = requireOneOf(this, 'volumeMode', props.volumeMode ?? kplus.PersistentVolumeMode.FILE_SYSTEM, Object.values(kplus.PersistentVolumeMode));
    this.claim = props.claimRef && { name: props.claimRef.name, namespace: this.requireNamespace(props.claimRef) };
    requireLabels(this, 'labels', props.labels);
    requireAnnotations(this, 'annotations', props.annotations);
    this.requireSource();
    const reclaimPolicy = this.requireReclaimPolicy();

    clusterScoped(new kplus.k8s.KubePersistentVolume(this, 'Resource', {
      metadata: { name: this.name, labels: props.labels, annotations: this.annotations(reclaimPolicy) },
      spec: {
        ...props.source._spec.kube,
        capacity: { storage: kplus.k8s.Quantity.fromString(quantity(this.capacity)) },
        accessModes: this.accessModes,
        persistentVolumeReclaimPolicy: reclaimPolicy,
        storageClassName: this.storageClass.name || undefined,
        volumeMode: this.volumeMode,
        mountOptions: props.mountOptions,
        nodeAffinity: this.nodeAffinity(),
        claimRef: Lazy.any({ produce: () => this.claim && { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...this.claim } }),
      },
    }));
  }

  /**
   * Creates a claim for this volume in the chart's namespace and reserves the volume for it. Claim and volume refer to
   * each other, so neither can be bound to anything else. Throws if the volume is already reserved.
   *
   * @param options the name and metadata of the claim
   */
  @checked
  public reserve(options: ReserveOptions = {}): PersistentVolumeClaim {
    return new PersistentVolumeClaim(this, 'Claim', {
      name: options.name ?? this.props.claimRef?.name ?? this.name,
      labels: options.labels,
      annotations: options.annotations,
      size: this.capacity,
      accessModes: this.accessModes,
      volumeMode: this.volumeMode,
      volume: this,
    });
  }

  /**
   * Reserves the volume for a claim that refers to it. Throws if the two do not match.
   *
   * @internal
   */
  public _reserveFor(claim: ReservingClaim, spec: ClaimSpec): void {
    const namespace = claim.namespace ?? this.props.claimRef?.namespace; // not this chart's namespace: the claim may be in another
    if (namespace === undefined) throw conflict(claim, `the volume '${this.name}' needs the namespace of its claim`, "Set 'namespace' on the claim's chart.");
    if (this.claim !== undefined && (this.claim.name !== claim.name || this.claim.namespace !== namespace)) {
      throw conflict(claim, `the volume '${this.name}' is reserved for the claim '${this.claim.namespace}/${this.claim.name}'`, 'A volume can be bound to one claim only: create another volume.');
    }
    this.requireAgreement(claim, spec);
    this.claim = { name: claim.name, namespace };
  }

  private requireAgreement(claim: ReservingClaim, { size, accessModes, volumeMode, storageClass }: ClaimSpec): void {
    const disagree = (property: string, got: unknown, expected: string) => {
      throw invalid(claim, { property, got, expected: `${expected} of its volume '${this.name}'`, hint: 'Otherwise they would never be bound.' });
    };
    if (bytesIn(size) > bytesIn(this.capacity)) disagree('size', quantity(size), `at most ${quantity(this.capacity)}, the capacity`);
    const missing = accessModes.find(mode => !this.accessModes.includes(mode));
    if (missing !== undefined) disagree('accessModes', missing, `${this.accessModes.join(' or ')}, the access modes`);
    if (volumeMode !== this.volumeMode) disagree('volumeMode', volumeMode, `${this.volumeMode}, the volume mode`);
    if (storageClass?.name !== this.storageClass.name) disagree('storageClass', storageClass?.name, `'${this.storageClass.name}', the class`);
  }

  private requireAccessModes(): kplus.PersistentVolumeAccessMode[] {
    const modes = this.props.accessModes ?? [kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE];
    if (modes.length === 0) throw invalid(this, { property: 'accessModes', got: [], expected: 'at least one access mode', hint: 'Omit it for ReadWriteOnce.' });
    for (const mode of modes) requireOneOf(this, 'accessModes', mode, Object.values(kplus.PersistentVolumeAccessMode));
    if (modes.length > 1 && modes.includes(kplus.PersistentVolumeAccessMode.READ_WRITE_ONCE_POD)) {
      throw invalid(this, { property: 'accessModes', got: modes, expected: 'ReadWriteOncePod alone', hint: 'The API server refuses it in combination with other modes.' });
    }
    return modes;
  }

  private requireSource(): void {
    const { source, nodeAffinity } = this.props;
    const { what, capabilities = {}, nodeBound } = source._spec;
    if (nodeAffinity !== undefined) requireNodeLabels(this, 'nodeAffinity', nodeAffinity);
    const problem = sourceMisfit(this, capabilities, what);
    if (problem !== undefined) throw invalid(this, problem);
    if (nodeBound && nodeAffinity === undefined) {
      throw conflict(this, `${what} needs 'nodeAffinity'`, "The volume exists on one node only: set nodeAffinity: kplus.Node.labeled(kplus.NodeLabelQuery.is('kubernetes.io/hostname', 'node-1')).");
    }
  }

  private requireReclaimPolicy(): kplus.PersistentVolumeReclaimPolicy {
    const { source: { _spec: { what, undeletable } }, reclaimPolicy = kplus.PersistentVolumeReclaimPolicy.RETAIN } = this.props;
    if (requireReclaimPolicy(this, reclaimPolicy) === kplus.PersistentVolumeReclaimPolicy.DELETE && (this.driver === undefined || undeletable)) {
      throw invalid(this, {
        property: 'reclaimPolicy',
        got: reclaimPolicy,
        expected: `Retain for ${what}`,
        hint: `${undeletable ? 'Its driver deletes only volumes that it created' : 'Only CSI drivers delete storage'}, so the volume would end up in the phase Failed: omit it, and delete the data yourself.`,
      });
    }
    return reclaimPolicy;
  }

  /** A driver deletes only volumes with its provisioned-by annotation: https://github.com/kubernetes-csi/external-provisioner/issues/202 */
  private annotations(reclaimPolicy: kplus.PersistentVolumeReclaimPolicy): { [key: string]: string } | undefined {
    const { driver, props: { annotations } } = this;
    if (driver === undefined || reclaimPolicy !== kplus.PersistentVolumeReclaimPolicy.DELETE) return annotations;
    return { 'pv.kubernetes.io/provisioned-by': driver, ...annotations };
  }

  private nodeAffinity(): kplus.k8s.VolumeNodeAffinity | undefined {
    const expressions = this.props.nodeAffinity?.labelSelector.map(query => query._toKube()) ?? this.props.source._spec.nodes;
    return expressions && { required: { nodeSelectorTerms: [{ matchExpressions: expressions }] } };
  }

  private requireNamespace({ namespace = namespaceOf(this) }: ClaimReference): string {
    if (namespace === undefined) throw conflict(this, "'claimRef' needs the namespace of the claim", "Set 'namespace' in 'claimRef' or on the chart.");
    return namespace;
  }
}
