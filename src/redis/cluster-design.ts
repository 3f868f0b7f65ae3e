import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { ClusterLayout } from './cluster-topology';
import { DATA_CLAIM, DATA_DIR, REDIS_PORT } from './redis-conf';
import { COMMON_SCRIPTS, FILES_DIR, passwordMounts, REDIS_USER, runFolder, script, stopBound } from './redis-member';
import type { RedisModel } from './redis-model';
import * as scripts from './scripts/shell';
import type { Endpoint, MemberGroup, ProductDesign } from '../kit/design';
import { EndpointTarget } from '../kit/endpoint-target';
import { FOUNDING_PORT } from '../kit/founding/founding-port';
import { MemberMount } from '../kit/member-mount';
import { within } from '../kit/probe-budget';
import type { MemberNames } from '../workload/member-names';
import { Members } from '../workload/members';

/** The port of the cluster bus. */
const BUS_PORT = 10000 + REDIS_PORT;
/** The longest suffix of a shard's name: the name of a cluster must stay valid when shards are added. */
export const SHARD_SUFFIX = 'shard-99';

/** The label that selects all Pods of a cluster. */
const CLUSTER_LABEL = 'cdk8s-stateful/cluster';

const SCRIPTS = {
  ...COMMON_SCRIPTS,
  'volume.sh': scripts.VOLUME_SH,
  'cluster-member.sh': scripts.CLUSTER_MEMBER_SH,
  'cluster-start.sh': scripts.CLUSTER_START_SH,
  'cluster-keep.sh': scripts.CLUSTER_KEEP_SH,
  'cluster-create.sh': scripts.CLUSTER_CREATE_SH,
  'cluster-heal.sh': scripts.CLUSTER_HEAL_SH,
  'cluster-stop.sh': scripts.CLUSTER_STOP_SH,
  'cluster-probe.sh': scripts.CLUSTER_PROBE_SH,
  'decide.sh': scripts.CLUSTER_DECIDE_SH,
};

/** The parts of a cluster: a StatefulSet for each shard, and a Service that selects all their members. New members begin as the script `join` says. */
export function clusterDesign(model: RedisModel<ClusterLayout>, join = scripts.CLUSTER_JOIN_SH): ProductDesign {
  const { names, layout } = model;
  return {
    instance: names.set,
    groups: shardNames(names, layout).map((_, shard) => shardGroup(model, shard, join)),
    endpoints: [{ ...shardEndpoint(shardNames(names, layout)[0]), name: names.serviceName(), target: EndpointTarget.allGroups(sharedLabels(names)) }],
  };
}

/** The names of the shards. */
export function shardNames(names: MemberNames, { shards }: ClusterLayout): MemberNames[] {
  return Array.from({ length: shards }, (_, shard) => names.group(`shard-${shard}`));
}

/** The endpoint for the clients of a shard. */
export function shardEndpoint(shard: MemberNames): Endpoint {
  return { name: shard.set, group: shard, ports: [{ name: 'redis', number: REDIS_PORT }] };
}

function sharedLabels(names: MemberNames): { [name: string]: string } {
  return { [CLUSTER_LABEL]: names.set };
}

function shardGroup(model: RedisModel<ClusterLayout>, shard: number, join: string): MemberGroup {
  const { names, layout, flavor } = model;
  const all = shardNames(names, layout);
  const count = 1 + layout.replicas;
  return {
    names: all[shard],
    members: count === 1 ? Members.replicas(1) : Members.replicated(count, { mustStayUp: Math.min(1 + layout.minReplicasToWrite, layout.replicas) }),
    user: REDIS_USER,
    terminationGrace: model.terminationGrace,
    neverTwoOnANode: true,
    sharedLabels: sharedLabels(names),
    reaches: all.filter((_, i) => i !== shard).map(group => ({ group, ports: [REDIS_PORT, BUS_PORT, FOUNDING_PORT] })),
    mounts: [
      MemberMount.claim(DATA_CLAIM, DATA_DIR, model.storage),
      ...passwordMounts(model),
      MemberMount.files('files', FILES_DIR, { 'redis.conf': model.redisConf, 'users': model.usersAcl, ...SCRIPTS, 'cluster-join.sh': join }),
      MemberMount.memberCount({ shards: layout.shards }),
      runFolder(),
    ],
    containers: [{
      name: flavor,
      image: model.image,
      command: script('cluster-start.sh'),
      env: shardEnv(model, all[shard], shard),
      ports: [{ name: 'redis', number: REDIS_PORT }, { name: 'bus', number: BUS_PORT }],
      resources: model.resources,
      startup: kplus.Probe.fromCommand(script('probe.sh', 'started'), within(model.startupBudget)),
      liveness: kplus.Probe.fromCommand(script('probe.sh', 'alive'), within(Duration.minutes(1), Duration.seconds(10))),
      readiness: kplus.Probe.fromCommand(script('cluster-probe.sh'), within(Duration.seconds(10))),
      preStop: script('cluster-stop.sh'),
    }],
  };
}

function shardEnv({ names, flavor, layout, clusterDomain, terminationGrace }: RedisModel<ClusterLayout>, shard: MemberNames, index: number): MemberGroup['containers'][0]['env'] {
  const known = shard.domain.slice(shard.headlessService.length);
  const text = (value: string) => kplus.EnvValue.fromValue(value);
  return {
    PRODUCT: text(flavor),
    CLUSTER: text(names.set),
    SHARD: text(`${index}`),
    POD_IP: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_IP),
    POD_NAMESPACE: kplus.EnvValue.fromFieldRef(kplus.EnvFieldPaths.POD_NAMESPACE),
    // Fully qualified, because clients in other namespaces use these names too.
    SUFFIX: text(known === '' ? `.$(POD_NAMESPACE).svc.${clusterDomain}` : known),
    STOP_BOUND: text(stopBound(terminationGrace)),
    ...layout.fullCoverage ? {} : { FULL_COVERAGE: text('no') },
  };
}
