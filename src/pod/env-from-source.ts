import * as kplus from 'cdk8s-plus-28';
import { invalid } from '../base/errors';
import { checked } from '../input/check-input';

/** How the values of a ConfigMap or Secret become environment variables. */
export interface EnvFromSourceOptions {
  /**
   * Whether the container starts without the ConfigMap or Secret. It does not follow one that is made later.
   *
   * @default false
   */
  readonly optional?: boolean;

  /**
   * What is put before each key. It begins with a letter or '_'.
   *
   * @default - nothing
   */
  readonly prefix?: string;
}

/**
 * Environment variables for all keys of a ConfigMap or Secret, for `envFrom` of any container. `kplus.Env` does the same, but cannot make them
 * optional, and has no prefix for those of a Secret.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#configure-all-key-value-pairs-in-a-configmap-as-container-environment-variables
 */
export class EnvFromSource {
  /**
   * The keys of a ConfigMap.
   *
   * @example
   * const flags = kplus.ConfigMap.fromConfigMapName(this, 'Flags', 'flags');
   * new StatefulWorkload(this, 'Store', { containers: [{ image: 'store:1', envFrom: [EnvFromSource.configMap(flags, { optional: true })] }] });
   *
   * @param configMap the ConfigMap
   * @param options whether it is optional
   */
  @checked
  public static configMap(configMap: kplus.IConfigMap, options: EnvFromSourceOptions = {}): kplus.EnvFrom {
    return new OptionalEnvFrom(options.optional, configMap, requirePrefix('EnvFromSource.configMap', options.prefix));
  }

  /**
   * The keys of a Secret.
   *
   * @param secret the Secret
   * @param options whether it is optional
   */
  @checked
  public static secret(secret: kplus.ISecret, options: EnvFromSourceOptions = {}): kplus.EnvFrom {
    return new OptionalEnvFrom(options.optional, undefined, requirePrefix('EnvFromSource.secret', options.prefix), secret);
  }

  private constructor() {}
}

class OptionalEnvFrom extends kplus.EnvFrom {
  public constructor(private readonly optional: boolean | undefined, configMap?: kplus.IConfigMap, prefix?: string, secret?: kplus.ISecret) {
    super(configMap, prefix, secret);
  }

  /** @internal */
  public _toKube(): kplus.k8s.EnvFromSource {
    const { configMapRef, secretRef, ...rendered } = super._toKube();
    const { optional } = this;
    return { ...rendered, configMapRef: configMapRef && { ...configMapRef, optional }, secretRef: secretRef && { ...secretRef, optional } };
  }
}

function requirePrefix(where: string, prefix: string | undefined): string | undefined {
  if (prefix === undefined || /^[A-Za-z_][A-Za-z0-9_]*$/.test(prefix)) return prefix;
  throw invalid(where, { property: 'prefix', got: prefix, expected: "letters, digits and '_', not beginning with a digit" });
}
