import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { clusterDesign, shardNames } from './cluster-design';
import type { ClusterLayout } from './cluster-topology';
import { DATA_DIR, REDIS_PORT } from './redis-conf';
import { CREDENTIALS_DIR, REDIS_USER } from './redis-member';
import type { RedisModel } from './redis-model';
import * as scripts from './scripts/shell';
import { SCRIPTS_PATH } from '../backup/backup-paths';
import type { DumpRecipe } from '../backup/dump-recipe';
import type { RestoreSource } from '../backup/restore-source';
import { restoredFromDump } from '../backup/restored';
import { conflict } from '../base/errors';
import type { MemberContainer, MemberGroup, ProductDesign } from '../kit/design';
import { MemberMount } from '../kit/member-mount';
import { plainEnv } from '../kit/plain-env';
import { PersistentVolumeClaim } from '../storage/persistent-volume-claim';

const { READ_ONLY_MANY, READ_WRITE_MANY } = kplus.PersistentVolumeAccessMode;

const PREPARE = 'prepare';
const PREPARE_PATH = '/etc/cdk8s-stateful/prepare';

/** A file that is there while a shard is restored. */
const RESTORING = `${DATA_DIR}/.restoring`;

/** How a cluster is dumped and restored: a snapshot of each shard, and the slots of all. It is a product of its own, as no other topology can read these. */
export function clusterDumps({ names, layout, flavor, image, credentials: { secret, passwordKey } }: RedisModel<ClusterLayout>): DumpRecipe {
  return {
    product: `${flavor}-cluster`,
    image,
    user: REDIS_USER,
    port: REDIS_PORT,
    // Of a shard, the highest ordinal first: at first, the lowest is the master.
    hosts: shardNames(names, layout).flatMap(shard => Array.from({ length: 1 + layout.replicas }, (_, i) => shard.podDnsName(layout.replicas - i))),
    dump: scripts.CLUSTER_DUMP_SH,
    load: scripts.CLUSTER_LOAD_SH,
    env: { PASSWORD_FILE: `${CREDENTIALS_DIR}/password` },
    secret,
    secretItems: { [passwordKey]: 'password' },
    credentialsPath: CREDENTIALS_DIR,
    data: `${DATA_DIR}/appendonlydir`,
    unfinished: RESTORING,
    resources: { cpu: { request: kplus.Cpu.millis(100) }, memory: { request: Size.mebibytes(128), limit: Size.mebibytes(128) } },
  };
}

/** Throws if the members of a shard, which are never two on a node, cannot all mount what they restore from. */
export function requireSharedDestination(where: IConstruct, { replicas }: ClusterLayout, { _destination: { _target: target } }: RestoreSource): void {
  if (replicas === 0 || target.kind !== 'claim' || !(target.claim instanceof PersistentVolumeClaim)) return;
  const { accessModes } = target.claim;
  if ([READ_WRITE_MANY, READ_ONLY_MANY].some(mode => accessModes.includes(mode))) return;
  throw conflict(where, `'restoreFrom' is a volume with the access mode ${accessModes.join(', ')}, which one node mounts at a time, but the members of a shard are on ${1 + replicas} nodes`,
    "Use a claim with READ_WRITE_MANY or an object store, or restore with 'replicas: 0', and add replicas when 'restoreFrom' is removed.");
}

/** A cluster that begins with a backup of one. */
export function restoredCluster(model: RedisModel<ClusterLayout>, source: RestoreSource): ProductDesign {
  const design = clusterDesign(model, scripts.CLUSTER_JOIN_SH + scripts.CLUSTER_RESTORED_SH);
  return { ...design, groups: design.groups.map((group, shard) => restoredShard(model, group, shard, source)) };
}

function restoredShard(model: RedisModel<ClusterLayout>, group: MemberGroup, shard: number, source: RestoreSource): MemberGroup {
  const dumps = clusterDumps(model);
  const recipe = { ...dumps, env: { ...dumps.env, SHARD: `${shard}` } };
  const [{ env }] = group.containers;
  const prepare: MemberContainer = {
    name: PREPARE,
    image: model.image,
    command: ['bash', `${PREPARE_PATH}/prepare.sh`],
    env: { ...env, ...plainEnv({ RESTORE: `${SCRIPTS_PATH}/restore.sh`, RESTORING }) },
    resources: model.resources,
  };
  const mounts = [...group.mounts, MemberMount.files('prepare', PREPARE_PATH, { 'prepare.sh': scripts.CLUSTER_PREPARE_SH })._onlyIn(PREPARE)];
  const part = { fetch: scripts.CLUSTER_FETCH_SH, restore: scripts.CLUSTER_RESTORE_SH };
  return restoredFromDump({ ...group, prepare: [prepare], mounts }, source, recipe, model.storage.size, part);
}
