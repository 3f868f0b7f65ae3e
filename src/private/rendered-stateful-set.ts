import { ApiObject, Chart, Lazy } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CONFIG_CHECKSUM, configChecksum, ConfigContent, referencedConfigMaps } from './config-checksum';
import { placeholdersOf, RendersPlaceholders, withDevices, withoutPlaceholders } from './placeholder-volumes';
import { attached, podContainer, podInitContainer } from './pod-containers';
import { podSpecJson } from './pod-spec-json';
import { podSecurityContext, restrictedPodSpec } from './restricted';
import { ClaimTemplate } from '../storage/claim-template';
import { PodSecurityProps } from '../workload/pod-security-props';

/** The parts of a StatefulSet that cdk8s-plus does not render. */
export interface RenderedStatefulSetProps extends kplus.WorkloadProps {
  readonly name: string;
  readonly labels: { [key: string]: string };
  /** Names the set's Pods, never depends on the construct tree: the selector is immutable. */
  readonly selectorLabels: { [key: string]: string };
  /** All of the spec that does not depend on the Pod template or the claims. */
  readonly spec: Omit<kplus.k8s.StatefulSetSpec, 'selector' | 'template' | 'volumeClaimTemplates'>;
  /** What the Pod spec has beside what cdk8s-plus renders. */
  readonly podSpec: Pick<kplus.k8s.PodSpec, 'priorityClassName' | 'topologySpreadConstraints'>;
  readonly security?: PodSecurityProps;
}

/**
 * The StatefulSet object. A cdk8s-plus Workload, so that scheduling, connections and selectors work, which renders
 * what cdk8s-plus cannot. It is not exported: see docs/decisions/0001-compose-over-a-workload.md.
 */
export class RenderedStatefulSet extends kplus.Workload implements RendersPlaceholders {
  public readonly resourceType = 'statefulsets';
  public readonly rendersDevices = true;
  protected readonly apiObject: ApiObject;

  private readonly claims = new Map<string, ClaimTemplate>();
  private readonly checksummed = new Set<ConfigContent>();

  public constructor(public readonly placeholderOwner: Construct, id: string, private readonly props: RenderedStatefulSetProps) {
    super(placeholderOwner, id, { ...props, securityContext: podSecurityContext(props.security), select: false });
    this.apiObject = new ApiObject(this, 'Resource', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: props.name, labels: props.labels },
      spec: Lazy.any({ produce: () => this.render() }),
    });
    for (const [key, value] of Object.entries(props.selectorLabels)) this.podMetadata.addLabel(key, value);
    this.select(kplus.LabelSelector.of({ labels: props.selectorLabels }));
  }

  public addContainer(props: kplus.ContainerProps): kplus.Container {
    const container = new kplus.Container(podContainer(this.placeholderOwner, this, props));
    super.attachContainer(container);
    return container;
  }

  public attachContainer(container: kplus.Container): void {
    throw attached(this.placeholderOwner, container);
  }

  public addInitContainer(props: kplus.ContainerProps): kplus.Container {
    return super.addInitContainer(podInitContainer(this.placeholderOwner, this, props));
  }

  /** The claim templates by name, in whatever order they were added: the API server refuses every change of the list. */
  public get claimTemplates(): ClaimTemplate[] {
    return [...this.claims.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  public addClaim(claim: ClaimTemplate): void {
    this.claims.set(claim.name, claim);
  }

  /** Rolls the Pods when the ConfigMap's content changes. */
  public rollOnChange(configMap: ConfigContent): void {
    this.checksummed.add(configMap);
  }

  private render(): object {
    const podSpec = this.renderPodSpec();
    return {
      ...this.props.spec,
      selector: { matchLabels: this.matchLabels },
      template: { metadata: this.renderPodMetadata(podSpec), spec: podSpecJson(podSpec) },
      volumeClaimTemplates: this.claims.size === 0 ? undefined : this.claimTemplates.map(claim => this.renderClaim(claim)),
    };
  }

  private renderClaim(claim: ClaimTemplate): object {
    const template = kplus.k8s.toJson_KubePersistentVolumeClaimProps(claim._toKube(this.props.selectorLabels));
    // The typed rendering drops these two; without them Argo CD sees a difference for ever (argo-cd #11143).
    return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...template };
  }

  private renderPodMetadata(podSpec: kplus.k8s.PodSpec): kplus.k8s.ObjectMeta {
    const metadata = this.podMetadata.toJson();
    const configMaps = new Set([...this.checksummed, ...referencedConfigMaps(Chart.of(this), podSpec, this.checksummed)]);
    if (configMaps.size === 0) return metadata;
    return { ...metadata, annotations: { ...metadata.annotations, [CONFIG_CHECKSUM]: configChecksum([...configMaps]) } };
  }

  private renderPodSpec(): kplus.k8s.PodSpec {
    const spec = this._toPodSpec();
    const placeholders = placeholdersOf(this);
    return {
      ...restrictedPodSpec(spec, this.props.security),
      ...this.props.podSpec,
      containers: withDevices(placeholders, spec.containers),
      initContainers: spec.initContainers && withDevices(placeholders, spec.initContainers),
      volumes: withoutPlaceholders(placeholders, spec.volumes),
    };
  }
}
