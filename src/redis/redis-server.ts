import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { DATA_CLAIM, DATA_DIR, REDIS_PORT } from './redis-conf';
import { COMMON_SCRIPTS, FILES_DIR, memberEnv, passwordMounts, REDIS_USER, runFolder, script, SENTINEL_PORT, sentinelNames } from './redis-member';
import type { RedisModel } from './redis-model';
import * as scripts from './scripts/shell';
import type { MemberGroup } from '../kit/design';
import { FOUNDING_PORT } from '../kit/founding/founding-port';
import { MemberMount } from '../kit/member-mount';
import { within } from '../kit/probe-budget';
import type { Members } from '../workload/members';

/** The differences between the topologies. */
export interface ServerOptions {
  readonly members: Members;
  /** The script that starts a server. */
  readonly start: 'start-alone.sh' | 'start-server.sh';
  /** The preStop script. */
  readonly stop?: 'stop.sh';
}

/** The servers of a database. */
export function serverGroup(model: RedisModel, { members, start, stop }: ServerOptions): MemberGroup {
  const { names, flavor, layout } = model;
  const watched = layout.kind === 'sentinel';
  return {
    names,
    members,
    user: REDIS_USER,
    terminationGrace: model.terminationGrace,
    reaches: watched ? [{ group: sentinelNames(names), ports: [SENTINEL_PORT, FOUNDING_PORT] }] : undefined,
    mounts: [
      MemberMount.claim(DATA_CLAIM, DATA_DIR, model.storage),
      ...passwordMounts(model),
      MemberMount.files('files', FILES_DIR, { 'redis.conf': model.redisConf, 'users': model.usersAcl, ...COMMON_SCRIPTS, ...serverScripts(watched) }),
      MemberMount.memberCount(),
      ...watched ? [MemberMount.memberCountOf('sentinels', '/etc/cdk8s-stateful/sentinels', sentinelNames(names))] : [],
      runFolder(),
    ],
    containers: [{
      name: flavor,
      image: model.image,
      // Replaces the image's entrypoint, which loads modules and does not support roles.
      command: script(start),
      env: memberEnv(model),
      ports: [{ name: 'redis', number: REDIS_PORT }],
      resources: model.resources,
      startup: kplus.Probe.fromCommand(script('probe.sh', 'started'), within(model.startupBudget)),
      liveness: kplus.Probe.fromCommand(script('probe.sh', 'alive'), within(Duration.minutes(1), Duration.seconds(10))),
      readiness: kplus.Probe.fromCommand(script('probe.sh', 'ready'), within(Duration.seconds(10))),
      preStop: stop && script(stop),
    }],
  };
}

function serverScripts(watched: boolean): { [name: string]: string } {
  const common = { 'volume.sh': scripts.VOLUME_SH, 'decide.sh': scripts.DECIDE_SH };
  if (!watched) return { ...common, 'start-alone.sh': scripts.START_ALONE_SH };
  return {
    ...common,
    'start-server.sh': scripts.START_SERVER_SH,
    'keep.sh': scripts.KEEP_SH,
    'stop.sh': scripts.STOP_SH,
  };
}
