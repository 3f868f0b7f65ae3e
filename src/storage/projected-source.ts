import { Duration } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { DownwardField } from './downward-field';
import { invalid, requireInteger } from '../base/errors';
import { requireFileMode, requireFilePath } from './private/volume-files';
import { checked } from '../input/check-input';

/** Options for projecting a ConfigMap or Secret. */
export interface ProjectedKeysOptions {
  /**
   * The keys to project, each with the path of its file relative to the mount.
   *
   * @default - all keys, each as a file of the same name
   */
  readonly items?: { [key: string]: string };

  /**
   * The permissions of individual files, from 0 to 0o777, by key. Each key must be one of `items`.
   *
   * @default - those of the volume
   */
  readonly modes?: { [key: string]: number };

  /**
   * Whether the Pod may start if the object, or one of the keys, does not exist.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/** Options for a service account token. */
export interface ServiceAccountTokenOptions {
  /**
   * The path of the file, relative to the mount.
   *
   * @default 'token'
   */
  readonly path?: string;

  /**
   * The intended audience of the token. A recipient must reject tokens with a different audience.
   *
   * @default - the API server
   */
  readonly audience?: string;

  /**
   * The lifetime of the token, at least ten minutes. The kubelet rotates the token before it expires.
   *
   * @default Duration.hours(1)
   */
  readonly expiration?: Duration;
}

/** A source of a projected volume. */
export class ProjectedSource {
  /**
   * Projects the keys of a ConfigMap.
   *
   * @param configMap the ConfigMap
   * @param options the keys to project; all by default
   */
  @checked
  public static configMap(configMap: kplus.IConfigMap, options: ProjectedKeysOptions = {}): ProjectedSource {
    const items = itemsOf('ProjectedSource.configMap', options);
    return new ProjectedSource(pathsOf(items), { configMap: { name: configMap.name, items, optional: options.optional } });
  }

  /**
   * Projects the keys of a Secret.
   *
   * @param secret the Secret
   * @param options the keys to project; all by default
   */
  @checked
  public static secret(secret: kplus.ISecret, options: ProjectedKeysOptions = {}): ProjectedSource {
    const items = itemsOf('ProjectedSource.secret', options);
    return new ProjectedSource(pathsOf(items), { secret: { name: secret.name, items, optional: options.optional } });
  }

  /**
   * Projects fields of the Pod.
   *
   * @param fields the fields to expose, by file path relative to the mount
   */
  @checked
  public static downwardApi(fields: { [path: string]: DownwardField }): ProjectedSource {
    const paths = Object.keys(fields).map(path => requireFilePath('ProjectedSource.downwardApi', 'fields', path));
    if (paths.length === 0) throw invalid('ProjectedSource.downwardApi', { property: 'fields', got: {}, expected: 'at least one field' });
    return new ProjectedSource(paths, { downwardApi: { items: paths.map(path => fields[path]._toFile(path)) } });
  }

  /**
   * Projects a token that proves the Pod's identity to another service. Works with `automountServiceAccountToken:
   * false`.
   *
   * @param options the path, audience and lifetime of the token
   */
  @checked
  public static serviceAccountToken(options: ServiceAccountTokenOptions = {}): ProjectedSource {
    const where = 'ProjectedSource.serviceAccountToken';
    const path = requireFilePath(where, 'path', options.path ?? 'token');
    const seconds = (options.expiration ?? Duration.hours(1)).toSeconds({ integral: false });
    requireInteger(where, 'expiration in seconds', seconds, 600, 2 ** 32, 'The API server does not issue tokens for less than ten minutes.');
    return new ProjectedSource([path], { serviceAccountToken: { path, audience: options.audience, expirationSeconds: seconds } });
  }

  private constructor(
    /**
     * The paths that the source writes; empty if it projects all keys of an object, which are unknown.
     *
     * @internal
     */
    public readonly _paths: string[],
    /** @internal */
    public readonly _projection: kplus.k8s.VolumeProjection,
  ) {}
}

function itemsOf(where: string, { items, modes = {} }: ProjectedKeysOptions): kplus.k8s.KeyToPath[] | undefined {
  for (const [key, mode] of Object.entries(modes)) {
    requireFileMode(where, `modes.${key}`, mode);
    if (items?.[key] === undefined) throw invalid(where, { property: 'modes', got: key, expected: "keys of 'items'", hint: `Name the file of '${key}' in 'items'.` });
  }
  if (items === undefined) return undefined;
  if (Object.keys(items).length === 0) throw invalid(where, { property: 'items', got: items, expected: 'at least one key', hint: 'Omit it to project all keys.' });
  return Object.entries(items).map(([key, path]) => ({ key, path: requireFilePath(where, 'items', path), mode: modes[key] }));
}

function pathsOf(items: kplus.k8s.KeyToPath[] = []): string[] {
  return items.map(item => item.path);
}
