import type { ClusterLayout } from './cluster-topology';
import { DATA_DIR } from './redis-conf';

/** What the configuration of a member says about the cluster; the start script adds its names. */
export function clusterSettings({ nodeTimeoutMillis }: ClusterLayout): { [name: string]: string } {
  return {
    'cluster-enabled': 'yes',
    'cluster-config-file': `${DATA_DIR}/nodes.conf`,
    'cluster-node-timeout': `${nodeTimeoutMillis}`,
    // Addresses of Pods change.
    'cluster-preferred-endpoint-type': 'hostname',
    // A replica belongs to the shard of its set.
    'cluster-allow-replica-migration': 'no',
    'cluster-allow-reads-when-down': 'no',
  };
}
