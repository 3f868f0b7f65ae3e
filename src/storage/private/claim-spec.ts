import type { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { misfit } from './claim-fit';
import type { ClaimSpecManifest } from './volume-match';
import { conflict, invalid, requireOneOf } from '../../base/errors';
import { requireAnnotations, requireLabelKey, requireLabels, requireLabelValue } from '../../base/label-syntax';
import { namespaceOf } from '../../base/names';
import { bytesIn, quantity, requireSize } from '../../base/quantity';
import type { ClaimProps } from '../claim-props';
import { defaultClassOf, requireOfClass } from '../default-class';
import type { IPersistentVolume } from '../i-persistent-volume';
import type { IStorageClass } from '../i-storage-class';
import type { VolumeSelector } from '../volume-selector';

const { READ_WRITE_ONCE, READ_WRITE_ONCE_POD } = kplus.PersistentVolumeAccessMode;
const UNARY = ['Exists', 'DoesNotExist'];

/** What differs between the kinds of claims. */
export interface ClaimContext {
  /** What the user calls a property in errors, such as `claims.data.size`; by default as the claim does. */
  readonly nameOf?: (property: string) => string;
  /** The volume that the claim refers to. */
  readonly volume?: IPersistentVolume;
  /** The command that expands the claim, where expansion is supported. */
  readonly grow?: () => string;
}

/** The validated spec of a claim, a claim template or an ephemeral volume. */
export class ClaimSpec {
  public readonly size: Size;
  public readonly accessModes: kplus.PersistentVolumeAccessMode[];
  public readonly volumeMode: kplus.PersistentVolumeMode;
  public readonly storageClass?: IStorageClass;

  private readonly nameOf: (property: string) => string;

  public constructor(private readonly where: IConstruct, private readonly props: ClaimProps, private readonly context: ClaimContext = {}) {
    this.nameOf = context.nameOf ?? (property => property);
    const { nameOf } = this;
    this.size = requireSize(where, nameOf('size'), props.size);
    this.accessModes = this.requireAccessModes(props.accessModes ?? [READ_WRITE_ONCE]);
    this.volumeMode = requireOneOf(where, nameOf('volumeMode'), props.volumeMode ?? kplus.PersistentVolumeMode.FILE_SYSTEM, Object.values(kplus.PersistentVolumeMode));
    // With a selector, no class: the default class would provision a new volume.
    this.storageClass = props.storageClass ?? context.volume?.storageClass ?? (props.selector && { name: '' });
    requireLabels(where, nameOf('labels'), props.labels);
    requireAnnotations(where, nameOf('annotations'), props.annotations);
    if (props.selector !== undefined) this.requireSelector(props.selector);
    this.requireSource();
    this.requireFit();
  }

  public get isBlock(): boolean {
    return this.volumeMode === kplus.PersistentVolumeMode.BLOCK;
  }

  public toKube(): kplus.k8s.PersistentVolumeClaimSpec {
    return {
      accessModes: this.accessModes,
      resources: { requests: { storage: kplus.k8s.Quantity.fromString(quantity(this.size)) } },
      storageClassName: this.storageClass?.name,
      volumeMode: this.volumeMode,
      selector: this.props.selector,
      ...this.props.dataSource?._source.spec,
      volumeName: this.context.volume?.name,
    };
  }

  /** The spec as it is serialized to YAML. */
  public toManifest(): ClaimSpecManifest {
    return kplus.k8s.toJson_PersistentVolumeClaimSpec(this.toKube()) ?? {};
  }

  private requireAccessModes(modes: kplus.PersistentVolumeAccessMode[]): kplus.PersistentVolumeAccessMode[] {
    const property = this.nameOf('accessModes');
    if (modes.length === 0) throw invalid(this.where, { property, got: [], expected: 'at least one access mode', hint: 'Omit it for ReadWriteOnce.' });
    for (const mode of modes) requireOneOf(this.where, property, mode, Object.values(kplus.PersistentVolumeAccessMode));
    if (modes.length > 1 && modes.includes(READ_WRITE_ONCE_POD)) {
      throw invalid(this.where, { property, got: modes, expected: `${READ_WRITE_ONCE_POD} alone`, hint: 'The API server refuses it in combination with other modes.' });
    }
    return modes;
  }

  private requireSelector({ matchLabels = {}, matchExpressions = [] }: VolumeSelector): void {
    const property = this.nameOf('selector');
    requireLabels(this.where, `${property}.matchLabels`, matchLabels);
    for (const { key, operator, values = [] } of matchExpressions) {
      requireLabelKey(this.where, `${property}.matchExpressions`, key);
      for (const value of values) requireLabelValue(this.where, `${property}.matchExpressions.${key}`, value);
      requireOneOf(this.where, `${property}.matchExpressions.${key}`, operator, ['In', 'NotIn', ...UNARY]);
      if (UNARY.includes(operator) === (values.length > 0)) {
        const expected = `${UNARY.includes(operator) ? 'no values' : 'at least one value'} for ${operator}`;
        throw invalid(this.where, { property: `${property}.matchExpressions.${key}`, got: values, expected });
      }
    }
    if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
      throw invalid(this.where, { property, got: {}, expected: 'at least one condition', hint: 'Omit it to allow any volume.' });
    }
  }

  private requireSource(): void {
    const source = this.props.dataSource?._source;
    if (source === undefined) return;
    this.requireNewVolume();
    const namespace = namespaceOf(this.where);
    if (source.namespace !== undefined && namespace !== undefined && source.namespace !== namespace) {
      throw conflict(this.where, `its data source '${source.name}' is in namespace '${source.namespace}'`, `The source must be in the claim's own namespace, '${namespace}'.`);
    }
    if (source.size !== undefined && bytesIn(this.size) < bytesIn(source.size)) {
      const expected = `at least ${quantity(source.size)}, the size of its data source '${source.name}'`;
      throw invalid(this.where, { property: this.nameOf('size'), got: quantity(this.size), expected });
    }
    if (source.clone === false) throw conflict(this.where, `the volume of its data source '${source.name}' cannot be copied`, 'Copy the files with a Pod that mounts both claims.');
    if (source.volumeMode !== undefined && source.volumeMode !== this.volumeMode) {
      const expected = `${source.volumeMode}, the volume mode of its data source '${source.name}'`;
      throw invalid(this.where, { property: this.nameOf('volumeMode'), got: this.volumeMode, expected, hint: 'A clone has the volume mode of its source.' });
    }
  }

  /** Throws if no driver would provision, and so populate, the volume. */
  private requireNewVolume(): void {
    const { nameOf } = this;
    if (this.props.selector !== undefined) {
      throw conflict(this.where, `both '${nameOf('selector')}' and '${nameOf('dataSource')}' are set`, 'A selector binds an existing volume, a data source provisions a new one: set only one of them.');
    }
    if (this.context.volume !== undefined) {
      throw conflict(this.where, `both '${nameOf('volume')}' and '${nameOf('dataSource')}' are set`, 'The volume exists already, a data source provisions a new one: set only one of them.');
    }
    if (this.storageClass?.name === '') {
      throw conflict(this.where, `'${nameOf('dataSource')}' needs a storage class`, 'Without one, no driver provisions the volume: use a class of the driver that holds the data.');
    }
  }

  private requireFit(): void {
    requireOfClass(this.where, this.storageClass, storageClass => {
      const { accessModes, volumeMode, props: { expandable, dataSource }, context: { volume, grow } } = this;
      const request = { accessModes, volumeMode, expandable, grow, source: dataSource?._source.kind, sourceDriver: dataSource?._source.driver };
      const problem = misfit(request, storageClass, volume);
      return problem && invalid(this.where, { ...problem, property: this.nameOf(problem.property) });
    });
    if (this.props.expandable && this.storageClass === undefined) this.where.node.addValidation({ validate: () => this.problemOfUnknownDefault() });
  }

  private problemOfUnknownDefault(): string[] {
    if (defaultClassOf(this.where) !== undefined) return [];
    return [`${this.where.node.path}: '${this.nameOf('expandable')}' needs a storage class that is known to expand volumes. Set '${this.nameOf('storageClass')}', or omit it: `
      + "whether volumes of the cluster's default class can be expanded is not known here."];
  }
}
