import type { ClusterLayout } from './cluster-topology';
import { DATA_DIR } from './redis-conf';

/** The cluster settings of a member; the start script adds its host names. */
export function clusterSettings({ nodeTimeoutMillis }: ClusterLayout): { [name: string]: string } {
  return {
    'cluster-enabled': 'yes',
    'cluster-config-file': `${DATA_DIR}/nodes.conf`,
    'cluster-node-timeout': `${nodeTimeoutMillis}`,
    // The addresses of Pods change.
    'cluster-preferred-endpoint-type': 'hostname',
    // A replica stays in the shard of its StatefulSet.
    'cluster-allow-replica-migration': 'no',
    'cluster-allow-reads-when-down': 'no',
  };
}
