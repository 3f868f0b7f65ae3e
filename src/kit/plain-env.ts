import * as kplus from 'cdk8s-plus-28';

/** Plain values as environment variables. */
export function plainEnv(values: { [name: string]: string }): { [name: string]: kplus.EnvValue } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, kplus.EnvValue.fromValue(value)]));
}
