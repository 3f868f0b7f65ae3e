import { type Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { RedisModel } from './redis-model';
import * as scripts from './scripts/shell';
import { FOUNDING_SH, LOCK_SH } from '../kit/founding/shell';
import { MemberMount } from '../kit/member-mount';
import type { MemberNames } from '../workload/member-names';

/** The user and group of the official images, on Debian. */
export const REDIS_USER = 999;

/** Where the scripts and the settings are. */
export const FILES_DIR = '/etc/cdk8s-stateful/files';
/** Where the file with the password of the account `default` is. */
const CREDENTIALS_DIR = '/etc/cdk8s-stateful/credentials';
/** Where those of the other accounts are, in a folder each. */
const USERS_DIR = '/etc/cdk8s-stateful/users';

/** The part of the termination grace that a master may take to hand over; the rest is for the server to write what it has. */
const STOP_SHARE = 0.5;

/** The port of the sentinels. */
export const SENTINEL_PORT = 26379;
/** What the sentinels call the master: the name that clients and tools take for granted. */
export const MASTER_NAME = 'mymaster';
/** What follows the name of the database in that of the sentinels. */
export const SENTINEL_SUFFIX = 'sentinel';

/** What all scripts are based on. */
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

/** The passwords: of the account that servers, sentinels and probes use, and of the accounts of clients. */
export function passwordMounts({ credentials: own, users }: RedisModel): MemberMount[] {
  return [
    MemberMount.secret('credentials', CREDENTIALS_DIR, own.secret, { [own.passwordKey]: 'password' }),
    ...Object.entries(users).map(([name, { secret, passwordKey }], i) => MemberMount.secret(`user-${i}`, `${USERS_DIR}/${name}`, secret, { [passwordKey]: 'password' })),
  ];
}

/** Generated configurations have the password: in memory, never on a disk. */
export function runFolder(): MemberMount {
  return MemberMount.folder('/run/redis', { name: 'run', limit: Size.mebibytes(4), inMemory: true });
}

/** What the scripts of servers and sentinels have to know. */
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

/** How many seconds a master may take to hand over. */
export function stopBound(terminationGrace: Duration): string {
  return `${Math.floor(terminationGrace.toSeconds() * STOP_SHARE)}`;
}

/** The command that runs one of our scripts. */
export function script(name: string, ...args: string[]): string[] {
  return ['bash', `${FILES_DIR}/${name}`, ...args];
}
