import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { DownwardField } from './downward-field';
import { invalid } from '../base/errors';
import { kebabCase, requireDnsLabel } from '../base/names';
import { volumeStandIn } from '../pod/stand-ins';
import { requireDistinctFiles, requireFileMode, requireFilePath } from './private/volume-files';
import { requireNew } from '../input/check-input';

/** Properties of a downward API volume. */
export interface DownwardApiVolumeProps {
  /** The fields to expose, by file path relative to the mount. At least one. */
  readonly fields: { [path: string]: DownwardField };

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
 * A volume that exposes Pod fields as files. It can be mounted in containers of a StatefulWorkload, of a product built
 * on one, or of a SharedScratchPod. Mounting it in any other Pod fails at synthesis.
 *
 * @example
 * const set = new StatefulWorkload(this, 'Cache', { podAnnotations: { shard: 'a' } });
 * const facts = new DownwardApiVolume(this, 'PodInfo', { fields: { shard: DownwardField.annotation('shard') } });
 * set.addContainer({ image: 'busybox:1.35' }).mount('/etc/podinfo', facts);
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#downwardapi
 */
export class DownwardApiVolume extends Construct implements kplus.IStorage {
  /** The name of the volume in the Pod. */
  public readonly name: string;

  private readonly volume: kplus.Volume;

  /**
   * Throws if there are no fields, or if a path or mode is invalid.
   */
  public constructor(scope: Construct, id: string, props: DownwardApiVolumeProps) {
    requireNew('DownwardApiVolume', scope, id, props);
    super(scope, id);
    this.name = requireDnsLabel(this, 'name', props.name ?? kebabCase(id));
    const files = Object.entries(props.fields);
    if (files.length === 0) throw invalid(this, { property: 'fields', got: {}, expected: 'at least one field' });
    const paths = files.map(([path]) => requireFilePath(this, 'fields', path));
    requireDistinctFiles(this, paths);
    this.volume = volumeStandIn(this, {
      name: this.name,
      downwardApi: {
        items: files.map(([path, field]) => field._toFile(path)),
        defaultMode: requireFileMode(this, 'defaultMode', props.defaultMode ?? 0o644),
      },
    });
  }

  /** The volume that containers mount. */
  public asVolume(): kplus.Volume {
    return this.volume;
  }
}
