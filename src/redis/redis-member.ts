import { type Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { RedisModel } from './redis-model';
import * as scripts from './scripts/shell';
import { FOUNDING_SH, LOCK_SH } from '../kit/founding/shell';
import { MemberMount } from '../kit/member-mount';
import type { MemberNames } from '../workload/member-names';

/** The user and group of the official images, on Debian. */
export const REDIS_USER = 999;

/** The directory of the scripts and settings. */
export const FILES_DIR = '/etc/cdk8s-stateful/files';
/** The directory of the file with the password of the `default` user. */
export const CREDENTIALS_DIR = '/etc/cdk8s-stateful/credentials';
/** The directory of the passwords of the other users, with a subdirectory for each. */
const USERS_DIR = '/etc/cdk8s-stateful/users';

/** The share of the termination grace period that a master may use to hand over; the rest is for the shutdown of the server. */
const STOP_SHARE = 0.5;

/** The port of the sentinels. */
export const SENTINEL_PORT = 26379;
/** The name of the master in the configuration of the sentinels, which clients and tools use by default. */
export const MASTER_NAME = 'mymaster';
/** The suffix of the sentinels' StatefulSet. */
export const SENTINEL_SUFFIX = 'sentinel';

/** The scripts that all topologies use. */
export const COMMON_SCRIPTS = {
  'founding.sh': FOUNDING_SH,
  'lock.sh': LOCK_SH,
  'member.sh': scripts.MEMBER_SH,
  'probe.sh': scripts.PROBE_SH,
};

/** The names of the sentinels of a database. */
export function sentinelNames(names: MemberNames): MemberNames {
  return names.group(SENTINEL_SUFFIX);
}

/** The mounts of the passwords: of the user that servers, sentinels and probes use, and of the users of clients. */
export function passwordMounts({ credentials: own, users }: RedisModel): MemberMount[] {
  return [
    MemberMount.secret('credentials', CREDENTIALS_DIR, own.secret, { [own.passwordKey]: 'password' }),
    ...Object.entries(users).map(([name, { secret, passwordKey }], i) => MemberMount.secret(`user-${i}`, `${USERS_DIR}/${name}`, secret, { [passwordKey]: 'password' })),
  ];
}

/** The directory of generated configuration files. It is in memory, because they contain the password. */
export function runFolder(): MemberMount {
  return MemberMount.folder('/run/redis', { name: 'run', limit: Size.mebibytes(4), inMemory: true });
}

/** The environment variables for the scripts of servers and sentinels. */
export function memberEnv({ names, flavor, layout, terminationGrace }: RedisModel): { [name: string]: kplus.EnvValue } {
  const sentinels = sentinelNames(names);
  const values = {
    PRODUCT: flavor,
    ...layout.kind === 'sentinel' ? {
      SET: names.set,
      DOMAIN: names.domain,
      SENTINEL_SET: sentinels.set,
      SENTINEL_DOMAIN: sentinels.domain,
      DOWN_AFTER_MILLIS: `${layout.downAfterMillis}`,
      STOP_BOUND: stopBound(terminationGrace),
    } : {},
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, kplus.EnvValue.fromValue(value)]));
}

/** How long a master may take to hand over, in seconds. */
export function stopBound(terminationGrace: Duration): string {
  return `${Math.floor(terminationGrace.toSeconds({ integral: false }) * STOP_SHARE)}`;
}

/** The command that runs a script. */
export function script(name: string, ...args: string[]): string[] {
  return ['bash', `${FILES_DIR}/${name}`, ...args];
}
