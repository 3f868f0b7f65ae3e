import type { IConstruct } from 'constructs';
import type { RedisConf } from './redis-conf';
import { REDIS_SETTINGS } from './redis-setting-names';
import { RedisFlavor, type RedisVersion } from './redis-version';
import { VALKEY_SETTINGS } from './valkey-setting-names';
import { lineOf, requireListed, requireUnlistedGiven, type SettingList, settingsOf } from '../kit/listed-settings';

/** Throws if the release does not have one of the settings. */
export function requireListedConf(where: IConstruct, version: RedisVersion, config: RedisConf['config'], unlisted: readonly string[]): void {
  requireUnlistedGiven(where, 'config', config, unlisted);
  const list = listOf(version);
  for (const name of Object.keys(config)) requireListed(where, { list, unlisted }, { property: `config.${name}`, name });
}

function listOf({ flavor, version }: RedisVersion): SettingList | undefined {
  const line = lineOf(version, 2);
  return flavor === RedisFlavor.VALKEY ? settingsOf(VALKEY_SETTINGS, 'Valkey', line) : settingsOf(REDIS_SETTINGS, 'Redis', line);
}
