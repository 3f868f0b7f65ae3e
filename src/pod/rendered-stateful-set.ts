import { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { CONFIG_CHECKSUM, configChecksum, referencedConfigMaps } from './config-checksum';
import type { FurtherPodSpec } from './pod-spec';
import { podSpecJson } from './pod-spec-json';
import { RenderedWorkload, type RenderedWorkloadProps } from './rendered-workload';

/** The parts of a claim template that the set needs. */
export interface RenderedClaim extends kplus.IStorage {
  readonly name: string;
  /** Renders the template, with the labels of all templates of the set. */
  _toKube(setLabels: { [key: string]: string }): kplus.k8s.KubePersistentVolumeClaimProps;
}

/** The parts of a StatefulSet that cdk8s-plus does not render. */
export interface RenderedStatefulSetProps extends RenderedWorkloadProps {
  /** The parts of the spec that do not depend on the Pod template or the claims. */
  readonly spec: Omit<kplus.k8s.StatefulSetSpec, 'replicas' | 'selector' | 'template' | 'volumeClaimTemplates'>;
  /** The number of replicas, evaluated when the set is rendered; undefined if an autoscaler determines it. */
  readonly replicas: () => number | undefined;
  /** The value of the label by which policies select the Pods. */
  readonly address: string;
  /** The labels of all claim templates. */
  readonly claimLabels: { [key: string]: string };
  /** The names of the claim templates in order; alphabetical if undefined. */
  readonly claimOrder?: string[];
  /** The fields of the Pod spec that cdk8s-plus does not render. */
  readonly podSpec: FurtherPodSpec;
  /** Whether to roll the Pods when a ConfigMap that they reference changes, without a call of `rollOnChange`. */
  readonly rollOnConfigChange: boolean;
}

/** The StatefulSet object. */
export class RenderedStatefulSet extends RenderedWorkload {
  public readonly resourceType = 'statefulsets';
  private readonly claims = new Map<string, RenderedClaim>();
  private readonly checksummed = new Set<kplus.ConfigMap>();
  /** The names of ConfigMaps of the library, which need no checksum: they are named by their content, or must not roll the set. */
  private readonly ownConfigMaps: (() => string)[] = [];

  public constructor(scope: Construct, id: string, private readonly props: RenderedStatefulSetProps) {
    super(scope, id, { apiVersion: 'apps/v1', kind: 'StatefulSet' }, props);
    this.podMetadata.addLabel(kplus.Pod.ADDRESS_LABEL, props.address);
  }

  /** The claim templates in a fixed order, independent of the order in which they were added: the API server refuses all changes of the list. */
  public get claimTemplates(): RenderedClaim[] {
    const place = ({ name }: RenderedClaim) => this.props.claimOrder?.indexOf(name) ?? 0;
    return [...this.claims.values()].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
  }

  public addClaim(claim: RenderedClaim): void {
    this.claims.set(claim.name, claim);
  }

  /** Rolls the Pods when the content of the ConfigMap changes. */
  public rollOnChange(configMap: kplus.ConfigMap): void {
    this.checksummed.add(configMap);
  }

  /** Registers a ConfigMap of the library, so that it is not searched for among the user's. */
  public addOwnConfigMap(name: () => string): void {
    this.ownConfigMaps.push(name);
  }

  protected render(): object {
    const podSpec = this.renderPodSpec(this.props.podSpec);
    return {
      ...this.props.spec,
      replicas: this.props.replicas(),
      selector: { matchLabels: this.matchLabels },
      template: { metadata: this.renderPodMetadata(podSpec), spec: podSpecJson(podSpec) },
      volumeClaimTemplates: this.claims.size === 0 ? undefined : this.claimTemplates.map(claim => this.renderClaim(claim)),
    };
  }

  private renderClaim(claim: RenderedClaim): object {
    const template = kplus.k8s.toJson_KubePersistentVolumeClaimProps(claim._toKube(this.props.claimLabels));
    // The typed rendering drops these two fields. Without them, Argo CD always reports a difference (argo-cd #11143).
    return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...template };
  }

  private renderPodMetadata(podSpec: kplus.k8s.PodSpec): kplus.k8s.ObjectMeta {
    const metadata = this.podMetadata.toJson();
    const known = [...[...this.checksummed].map(configMap => configMap.name), ...this.ownConfigMaps.map(name => name())];
    const found = this.props.rollOnConfigChange ? referencedConfigMaps(Chart.of(this), podSpec, known) : [];
    const configMaps = new Set([...this.checksummed, ...found]);
    if (configMaps.size === 0) return metadata;
    return { ...metadata, annotations: { ...metadata.annotations, [CONFIG_CHECKSUM]: configChecksum([...configMaps]) } };
  }
}
