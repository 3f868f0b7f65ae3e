import type { IConstruct } from 'constructs';
import { ZOOKEEPER_SETTINGS } from './setting-names';
import type { ZooCfg } from './zoo-cfg';
import type { ZooKeeperVersion } from './zookeeper-version';
import { lineOf, requireListed, requireUnlistedGiven, settingsOf } from '../kit/listed-settings';

/**
 * Throws if a setting has almost the name of one that the release has. ZooKeeper itself accepts any name, because unknown ones become Java
 * properties `zookeeper.<name>`, which its plugins can read.
 */
export function requireListedCfg(where: IConstruct, { version }: ZooKeeperVersion, config: ZooCfg['config'], unlisted: readonly string[]): void {
  requireUnlistedGiven(where, 'config', config, unlisted);
  const list = settingsOf(ZOOKEEPER_SETTINGS, 'ZooKeeper', lineOf(version, 2), true);
  for (const name of Object.keys(config)) {
    const key = name.replace(/^zookeeper\./, '');
    // The last part of some keys is chosen by the user: `authProvider.1`.
    requireListed(where, { list, unlisted }, { property: `config.${name}`, name, listedAs: [key, key.replace(/\.\w+$/, '')] });
  }
}
