import type { IConstruct } from 'constructs';
import { type AllowedSettings, requireListed, requireUnlistedGiven } from '../kit/listed-settings';

/** Prefixes of settings that are for one listener, or for the plugins of tiered storage: what follows is not Kafka's alone. */
const OPEN = /^(listener\.name|rsm\.config|rlmm\.config)\./;

/** Settings given by the user. */
type Config = { readonly [key: string]: string };

/** Throws if the release does not have one of the settings. `property` is that of all of them, such as `config`. */
export function requireListedConfig(where: IConstruct | string, property: string, config: Config, allowed: AllowedSettings): void {
  requireUnlistedGiven(where, property, config, allowed.unlisted);
  for (const name of Object.keys(config)) {
    if (!OPEN.test(name)) requireListed(where, allowed, { property: `${property}['${name}']`, name });
  }
}
