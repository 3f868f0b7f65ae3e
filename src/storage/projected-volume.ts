import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { ProjectedSource } from './projected-source';
import { invalid } from '../base/errors';
import { kebabCase, requireDnsLabel } from '../base/names';
import { volumeStandIn } from '../pod/stand-ins';
import { requireDistinctFiles, requireFileMode } from './private/volume-files';
import { requireNew } from '../input/check-input';

/** Properties of a projected volume. */
export interface ProjectedVolumeProps {
  /** The sources of the volume. At least one; no two sources may write the same file. */
  readonly sources: ProjectedSource[];

  /**
   * The name of the volume in the Pod.
   *
   * @default - the construct id in kebab-case
   */
  readonly name?: string;

  /**
   * The permissions of the files, from 0 to 0o777.
   *
   * @default 0o644
   */
  readonly defaultMode?: number;
}

/**
 * A volume that combines ConfigMaps, Secrets, Pod fields and service account tokens in one directory. It can be mounted
 * in containers of a StatefulWorkload, of a product built on one, or of a SharedScratchPod. Mounting it in any other
 * Pod fails at synthesis.
 *
 * @example
 * const set = new StatefulWorkload(this, 'Vault');
 * const identity = new ProjectedVolume(this, 'Identity', {
 *   sources: [
 *     ProjectedSource.secret(kplus.Secret.fromSecretName(this, 'Tls', 'vault-tls'), { items: { 'ca.crt': 'tls/ca.crt' } }),
 *     ProjectedSource.serviceAccountToken({ audience: 'vault' }),
 *   ],
 * });
 * set.addContainer({ image: 'busybox:1.35' }).mount('/etc/identity', identity);
 *
 * @see https://kubernetes.io/docs/concepts/storage/projected-volumes/
 */
export class ProjectedVolume extends Construct implements kplus.IStorage {
  /** The name of the volume in the Pod. */
  public readonly name: string;

  private readonly volume: kplus.Volume;

  /**
   * Throws if there are no sources, if two of them write the same file, or if a name or mode is invalid.
   */
  public constructor(scope: Construct, id: string, props: ProjectedVolumeProps) {
    requireNew('ProjectedVolume', scope, id, props);
    super(scope, id);
    this.name = requireDnsLabel(this, 'name', props.name ?? kebabCase(id));
    if (props.sources.length === 0) throw invalid(this, { property: 'sources', got: [], expected: 'at least one source' });
    requireDistinctFiles(this, props.sources.flatMap(source => source._paths));
    this.volume = volumeStandIn(this, {
      name: this.name,
      projected: {
        sources: props.sources.map(source => source._projection),
        defaultMode: requireFileMode(this, 'defaultMode', props.defaultMode ?? 0o644),
      },
    });
  }

  /** The volume that containers mount. */
  public asVolume(): kplus.Volume {
    return this.volume;
  }
}
