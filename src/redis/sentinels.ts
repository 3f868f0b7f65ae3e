import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { DATA_CLAIM, DATA_DIR, REDIS_PORT } from './redis-conf';
import {
  COMMON_SCRIPTS, FILES_DIR, memberEnv, passwordMounts, REDIS_USER, runFolder, script, SENTINEL_PORT, SENTINEL_SUFFIX, sentinelNames,
} from './redis-member';
import type { RedisModel } from './redis-model';
import type { SentinelLayout } from './redis-topology';
import * as scripts from './scripts/shell';
import type { Endpoint, MemberGroup } from '../kit/design';
import { MemberMount } from '../kit/member-mount';
import { within } from '../kit/probe-budget';
import type { MemberNames } from '../workload/member-names';
import { Members } from '../workload/members';

/** The Service that selects all ready sentinels. */
export function sentinelEndpoint(names: MemberNames): Endpoint {
  return { name: names.serviceName(SENTINEL_SUFFIX), group: sentinelNames(names), ports: [{ name: 'sentinel', number: SENTINEL_PORT }] };
}

/** The sentinels of a database. Their state is on a volume, so that after a full outage they know which server was the master. */
export function sentinelGroup(model: RedisModel<SentinelLayout>): MemberGroup {
  const { names, layout, storage } = model;
  return {
    names: sentinelNames(names),
    members: Members.quorum(layout.sentinels),
    user: REDIS_USER,
    terminationGrace: Duration.seconds(30),
    reaches: [{ group: names, ports: [REDIS_PORT] }],
    mounts: [
      MemberMount.claim(DATA_CLAIM, DATA_DIR, { ...storage, size: Size.gibibytes(1), dataSource: undefined }),
      ...passwordMounts(model),
      MemberMount.files('files', FILES_DIR, {
        'users': model.usersAcl,
        ...COMMON_SCRIPTS,
        'start-sentinel.sh': scripts.START_SENTINEL_SH,
        'decide.sh': scripts.DECIDE_SH,
      }),
      MemberMount.memberCount(),
      MemberMount.memberCountOf('servers', '/etc/cdk8s-stateful/servers', names),
      runFolder(),
    ],
    containers: [{
      name: 'sentinel',
      image: model.image,
      command: script('start-sentinel.sh'),
      env: memberEnv(model),
      ports: [{ name: 'sentinel', number: SENTINEL_PORT }],
      resources: model.sentinelResources,
      startup: kplus.Probe.fromCommand(script('probe.sh', 'sentinel-alive'), within(Duration.minutes(1))),
      liveness: kplus.Probe.fromCommand(script('probe.sh', 'sentinel-alive'), within(Duration.minutes(1), Duration.seconds(10))),
      readiness: kplus.Probe.fromCommand(script('probe.sh', 'sentinel-ready'), within(Duration.seconds(10))),
    }],
  };
}
