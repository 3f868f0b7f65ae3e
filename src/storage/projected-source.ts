import { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { DownwardField } from './downward-field';
import { invalid, requireInteger } from '../base/errors';
import { requireFilePath } from './private/volume-files';

/** Which keys of a ConfigMap or Secret become which files. */
export interface ProjectedKeysOptions {
  /**
   * The path of the file for each key to show, relative to the mount.
   *
   * @default - every key becomes a file of its name
   */
  readonly items?: { [key: string]: string };

  /**
   * Whether the Pod starts without the object, or without a key of it.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/** A token for the Pod's service account. */
export interface ServiceAccountTokenOptions {
  /**
   * The path of the file, relative to the mount.
   *
   * @default 'token'
   */
  readonly path?: string;

  /**
   * Who is meant to read the token: a recipient must refuse one that is not addressed to it.
   *
   * @default - the API server
   */
  readonly audience?: string;

  /**
   * How long a token is valid, at least ten minutes; the kubelet replaces it in time.
   *
   * @default Duration.hours(1)
   */
  readonly expiration?: Duration;
}

/** One of the things that a projected volume puts together. */
export class ProjectedSource {
  /**
   * Keys of a ConfigMap.
   *
   * @param configMap the ConfigMap
   * @param options which keys, all by default
   */
  public static configMap(configMap: kplus.IConfigMap, options: ProjectedKeysOptions = {}): ProjectedSource {
    const items = itemsOf('ProjectedSource.configMap', options);
    return new ProjectedSource(pathsOf(items), { configMap: { name: configMap.name, items, optional: options.optional } });
  }

  /**
   * Keys of a Secret.
   *
   * @param secret the Secret
   * @param options which keys, all by default
   */
  public static secret(secret: kplus.ISecret, options: ProjectedKeysOptions = {}): ProjectedSource {
    const items = itemsOf('ProjectedSource.secret', options);
    return new ProjectedSource(pathsOf(items), { secret: { name: secret.name, items, optional: options.optional } });
  }

  /**
   * Facts about the Pod.
   *
   * @param fields what to show, by the path of the file relative to the mount
   */
  public static downwardApi(fields: { [path: string]: DownwardField }): ProjectedSource {
    const paths = Object.keys(fields).map(path => requireFilePath('ProjectedSource.downwardApi', 'fields', path));
    if (paths.length === 0) throw invalid('ProjectedSource.downwardApi', { property: 'fields', got: {}, expected: 'at least one field' });
    return new ProjectedSource(paths, { downwardApi: { items: paths.map(path => fields[path]._toFile(path)) } });
  }

  /**
   * A token that proves to somebody else who the Pod is. It works beside `automountServiceAccountToken: false`.
   *
   * @param options path, audience and life of the token
   */
  public static serviceAccountToken(options: ServiceAccountTokenOptions = {}): ProjectedSource {
    const where = 'ProjectedSource.serviceAccountToken';
    const path = requireFilePath(where, 'path', options.path ?? 'token');
    const seconds = (options.expiration ?? Duration.hours(1)).toSeconds({ integral: false });
    requireInteger(where, 'expiration in seconds', seconds, 600, 2 ** 32, 'The API server issues no token for less than ten minutes.');
    return new ProjectedSource([path], { serviceAccountToken: { path, audience: options.audience, expirationSeconds: seconds } });
  }

  private constructor(
    /**
     * The files it is known to write; the keys of a whole object are not known.
     *
     * @internal
     */
    public readonly _paths: string[],
    /** @internal */
    public readonly _projection: kplus.k8s.VolumeProjection,
  ) {}
}

function itemsOf(where: string, { items }: ProjectedKeysOptions): kplus.k8s.KeyToPath[] | undefined {
  if (items === undefined) return undefined;
  if (Object.keys(items).length === 0) throw invalid(where, { property: 'items', got: items, expected: 'at least one key', hint: 'Leave it out for all of them.' });
  return Object.entries(items).map(([key, path]) => ({ key, path: requireFilePath(where, 'items', path) }));
}

function pathsOf(items: kplus.k8s.KeyToPath[] = []): string[] {
  return items.map(item => item.path);
}
