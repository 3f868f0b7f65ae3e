import * as kplus from 'cdk8s-plus-28';
import { invalid } from '../base/errors';
import { checked } from '../input/check-input';

/** Options for environment variables from a ConfigMap or Secret. */
export interface EnvFromSourceOptions {
  /**
   * Whether the container may start if the ConfigMap or Secret does not exist. One that is created later has no effect until a restart.
   *
   * @default false
   */
  readonly optional?: boolean;

  /**
   * A prefix for all variable names: letters, digits and '_', not starting with a digit.
   *
   * @default - none
   */
  readonly prefix?: string;
}

/**
 * All keys of a ConfigMap or Secret as environment variables, for `envFrom` of any container. Unlike `kplus.Env`, the source can be optional, and
 * a Secret can have a prefix.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#configure-all-key-value-pairs-in-a-configmap-as-container-environment-variables
 */
export class EnvFromSource {
  /**
   * All keys of a ConfigMap.
   *
   * @example
   * const flags = kplus.ConfigMap.fromConfigMapName(this, 'Flags', 'flags');
   * new StatefulWorkload(this, 'Store', { containers: [{ image: 'store:1', envFrom: [EnvFromSource.configMap(flags, { optional: true })] }] });
   *
   * @param configMap the ConfigMap
   * @param options prefix, and whether it is optional
   */
  @checked
  public static configMap(configMap: kplus.IConfigMap, options: EnvFromSourceOptions = {}): kplus.EnvFrom {
    return new OptionalEnvFrom(options.optional, configMap, requirePrefix('EnvFromSource.configMap', options.prefix));
  }

  /**
   * All keys of a Secret.
   *
   * @param secret the Secret
   * @param options prefix, and whether it is optional
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
