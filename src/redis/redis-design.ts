import { clusterDesign } from './cluster-design';
import { REDIS_PORT } from './redis-conf';
import type { RedisModel } from './redis-model';
import { serverGroup } from './redis-server';
import type { SentinelLayout } from './redis-topology';
import { sentinelEndpoint, sentinelGroup } from './sentinels';
import type { Endpoint, ProductDesign } from '../kit/design';
import { Members } from '../workload/members';

/** The suffix of the Service for reads. */
export const READ_SUFFIX = 'read';

/** The parts of a database, except for its data link. */
export function redisDesign(model: RedisModel): ProductDesign {
  const { layout, ...rest } = model;
  switch (layout.kind) {
    case 'standalone': return standaloneDesign(model);
    case 'sentinel': return sentinelDesign({ ...rest, layout });
    case 'cluster': return clusterDesign({ ...rest, layout });
  }
}

/** A Service that selects all ready servers. */
export function serversEndpoint({ names }: RedisModel, suffix?: string): Endpoint {
  return { name: names.serviceName(suffix), group: names, ports: [{ name: 'redis', number: REDIS_PORT }] };
}

function standaloneDesign(model: RedisModel): ProductDesign {
  return { groups: [serverGroup(model, { members: Members.replicas(1), start: 'start-alone.sh' })], endpoints: [serversEndpoint(model)] };
}

function sentinelDesign(model: RedisModel<SentinelLayout>): ProductDesign {
  const { names, layout } = model;
  const servers = serverGroup(model, { members: Members.replicas(1 + layout.replicas), start: 'start-server.sh', stop: 'stop.sh' });
  return {
    groups: [servers, sentinelGroup(model)],
    // With a data link, the Service for reads belongs to it.
    endpoints: [sentinelEndpoint(names), ...layout.dataLink ? [] : [serversEndpoint(model, READ_SUFFIX)]],
  };
}
