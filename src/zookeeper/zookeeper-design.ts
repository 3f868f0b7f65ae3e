import { Duration } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as scripts from './shell';
import { DATA_DIR, DATA_LOG_DIR, FILES_DIR, renderZooCfg, ZOOKEEPER_PORTS } from './zoo-cfg';
import { JAVA_SECURITY, jvmFlags } from './zookeeper-jvm';
import type { ZooKeeperModel } from './zookeeper-model';
import type { MemberGroup, ProductDesign } from '../kit/design';
import { FOUNDING_SH, LOCK_SH } from '../kit/founding/shell';
import { MemberMount } from '../kit/member-mount';
import { within } from '../kit/probe-budget';

/** The user and group of the official image. */
const ZOOKEEPER_USER = 1000;

/** The share of the termination grace period for which a member waits until the others have a majority without it. */
const STOP_SHARE = 0.5;

/** The scripts of a member, by file name. */
const SCRIPTS = {
  'founding.sh': FOUNDING_SH,
  'lock.sh': LOCK_SH,
  'ensemble.sh': scripts.ENSEMBLE_SH,
  'start.sh': scripts.START_SH,
  'keep.sh': scripts.KEEP_SH,
  'probe.sh': scripts.PROBE_SH,
  'stop.sh': scripts.STOP_SH,
  'decide.sh': scripts.DECIDE_SH,
  'members.sh': scripts.MEMBERS_SH,
};

/** The parts of an ensemble: its members, and the Service for clients that accept a single address only. */
export function zooKeeperDesign(model: ZooKeeperModel): ProductDesign {
  const { names } = model;
  return {
    groups: [groupOf(model)],
    endpoints: [{ name: names.serviceName(), group: names, ports: [{ number: ZOOKEEPER_PORTS.client, name: 'client' }] }],
  };
}

function groupOf(model: ZooKeeperModel): MemberGroup {
  const { names, members, config, storage, logStorage } = model;
  const separateLog = logStorage !== undefined;
  return {
    names,
    members,
    user: ZOOKEEPER_USER,
    terminationGrace: model.terminationGrace,
    mounts: [
      MemberMount.claim('data', DATA_DIR, storage),
      ...logStorage === undefined ? [] : [MemberMount.claim('log', DATA_LOG_DIR, logStorage, { property: 'logStorage' })],
      MemberMount.files('config', FILES_DIR, { 'zoo.cfg': renderZooCfg({ separateLog, config }), 'java.security': JAVA_SECURITY, ...SCRIPTS }),
      MemberMount.memberCount(),
      MemberMount.folder('/tmp', { name: 'tmp' }),
      MemberMount.folder('/logs', { name: 'logs' }),
    ],
    containers: [{
      name: 'zookeeper',
      image: model.image,
      // Replaces the image's entrypoint, which writes a configuration with fixed members.
      command: script('start.sh'),
      ports: Object.entries(ZOOKEEPER_PORTS).map(([name, number]) => ({ name, number })),
      env: {
        ZK_SERVER_HEAP: kplus.EnvValue.fromValue(`${model.heapMebibytes}`),
        JVMFLAGS: kplus.EnvValue.fromValue(jvmFlags(config)),
        SET_DOMAIN: kplus.EnvValue.fromValue(names.domain),
        STOP_BOUND: kplus.EnvValue.fromValue(`${Math.floor(model.terminationGrace.toSeconds({ integral: false }) * STOP_SHARE)}`),
        ...separateLog ? { DATA_LOG_DIR: kplus.EnvValue.fromValue(DATA_LOG_DIR) } : {},
      },
      resources: model.resources,
      // The port opens only after the snapshot, which may be large, has been read.
      startup: kplus.Probe.fromCommand(script('probe.sh', 'alive'), within(Duration.minutes(10), Duration.seconds(2))),
      liveness: kplus.Probe.fromCommand(script('probe.sh', 'alive'), within(Duration.minutes(1), Duration.seconds(10))),
      readiness: kplus.Probe.fromCommand(script('probe.sh', 'ready'), within(Duration.seconds(15))),
      preStop: script('stop.sh'),
    }],
  };
}

/** The command that runs a script. */
function script(name: keyof typeof SCRIPTS, ...args: string[]): string[] {
  return ['bash', `${FILES_DIR}/${name}`, ...args];
}
