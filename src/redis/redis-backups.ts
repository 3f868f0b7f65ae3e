import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { clusterDumps, restoredCluster } from './cluster-backups';
import { DATA_CLAIM, DATA_DIR, REDIS_PORT } from './redis-conf';
import { redisDesign } from './redis-design';
import { CREDENTIALS_DIR, memberEnv, REDIS_USER } from './redis-member';
import { type RedisModel, serversOf } from './redis-model';
import * as scripts from './scripts/shell';
import { BackupMethod } from '../backup/backup-method';
import { SCRIPTS_PATH } from '../backup/backup-paths';
import type { CheckRecipe } from '../backup/check-recipe';
import type { DumpRecipe } from '../backup/dump-recipe';
import type { RestoreSource } from '../backup/restore-source';
import { restoredFromDump } from '../backup/restored';
import { withSnapshot } from '../backup/restored-from-snapshot';
import type { MemberContainer, MemberGroup, ProductDesign } from '../kit/design';
import { MemberMount } from '../kit/member-mount';
import { plainEnv } from '../kit/plain-env';

const PREPARE = 'prepare';
const PREPARE_PATH = '/etc/cdk8s-stateful/prepare';

/** A recipe with a check. */
type RedisDumps = DumpRecipe & { readonly check: CheckRecipe };

/** How a database is dumped and restored: as a snapshot, which the server itself makes. */
export function redisDumps({ names, flavor, image, layout, credentials: { secret, passwordKey } }: RedisModel): RedisDumps {
  const servers = serversOf(layout);
  return {
    product: flavor,
    image,
    user: REDIS_USER,
    port: REDIS_PORT,
    hosts: Array.from({ length: servers }, (_, i) => names.podDnsName(servers - 1 - i)),
    dump: scripts.DUMP_SH,
    load: scripts.LOAD_SH,
    check: { script: scripts.CHECK_SH, arguments: [] },
    env: { FROM: layout.kind === 'standalone' ? 'server' : 'replica', PASSWORD_FILE: `${CREDENTIALS_DIR}/password` },
    secret,
    secretItems: { [passwordKey]: 'password' },
    credentialsPath: CREDENTIALS_DIR,
    data: `${DATA_DIR}/appendonlydir`,
    resources: { cpu: { request: kplus.Cpu.millis(100) }, memory: { request: Size.mebibytes(128), limit: Size.mebibytes(128) } },
  };
}

/** The same, for any topology. */
export function dumpsOf({ layout, ...model }: RedisModel): DumpRecipe {
  return layout.kind === 'cluster' ? clusterDumps({ ...model, layout }) : redisDumps({ ...model, layout });
}

/** The design of a database that begins with a backup. */
export function restoredDesign({ layout, ...rest }: RedisModel, source: RestoreSource): ProductDesign {
  if (layout.kind === 'cluster') return restoredCluster({ ...rest, layout }, source);
  const model = { ...rest, layout };
  const design = redisDesign(model);
  const [servers, ...others] = design.groups;
  return { ...design, groups: [restoredServers(model, servers, source), ...others] };
}

/** The servers of a database that begins with a backup. */
export function restoredServers(model: RedisModel, servers: MemberGroup, source: RestoreSource): MemberGroup {
  const prepare: MemberContainer = {
    name: PREPARE,
    image: model.image,
    command: ['bash', `${PREPARE_PATH}/prepare.sh`],
    env: { ...memberEnv(model), RESTORE: kplus.EnvValue.fromValue(`${SCRIPTS_PATH}/restore.sh`) },
    resources: model.resources,
  };
  const mounts = [...servers.mounts, MemberMount.files('prepare', PREPARE_PATH, { 'prepare.sh': scripts.PREPARE_SH })._onlyIn(PREPARE)];
  const { method, backup } = source._wanted;
  if (method === BackupMethod.SNAPSHOT) {
    const step = { ...prepare, env: { ...prepare.env, ...plainEnv({ SNAPSHOT: backup }) } };
    const start = { claim: DATA_CLAIM, files: { 'restore.sh': scripts.RESTORE_SNAPSHOT_SH }, container: PREPARE };
    return withSnapshot({ ...servers, prepare: [step], mounts }, source, start);
  }
  return restoredFromDump({ ...servers, prepare: [prepare], mounts }, source, redisDumps(model), model.storage.size);
}
