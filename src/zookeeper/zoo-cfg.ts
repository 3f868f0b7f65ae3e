import { sortedEntries } from '../base/sorted-entries';

/** The ports of a member for clients, followers and leader election. */
export const ZOOKEEPER_PORTS = { client: 2181, quorum: 2888, election: 3888 };

/** The directory of the mounted scripts and configuration files. */
export const FILES_DIR = '/etc/cdk8s-stateful/files';

/** The directory of the snapshots, `myid` and the recorded membership: the mount path of the member's volume, as in the official image. */
export const DATA_DIR = '/data';

/** The directory of the transaction log, if it has its own volume. */
export const DATA_LOG_DIR = '/datalog';

/** The commands that the probes and the scripts send. */
const OWN_COMMANDS = ['conf', 'ruok', 'srvr'];
const WHITELIST = '4lw.commands.whitelist';

/** Defaults that the user can override. With ZooKeeper's own defaults, old snapshots are never purged and a slow follower has only 10 s to catch up. */
const DEFAULTS: { [key: string]: string } = {
  'tickTime': '2000',
  'initLimit': '10',
  'syncLimit': '5',
  'maxClientCnxns': '60',
  'autopurge.purgeInterval': '1',
  'autopurge.snapRetainCount': '3',
  [WHITELIST]: [...OWN_COMMANDS, 'mntr'].sort().join(','),
  // The admin server is another, unauthenticated way in, over HTTP; the probes and `mntr` do not need it.
  'admin.enableServer': 'false',
};

/** Settings that are derived from the properties of the ensemble: the key, and the reason. */
const OWNED: { [key: string]: string } = {
  dataDir: 'it is the mount path of \'storage\'',
  dataLogDir: 'set \'logStorage\' to store the transaction log on a separate volume',
  clientPort: `the client port is ${ZOOKEEPER_PORTS.client}`,
  clientPortAddress: 'members listen on all addresses of their Pods',
  standaloneEnabled: 'a single member runs as a quorum of one',
  reconfigEnabled: 'members join and leave by reconfiguration',
  dynamicConfigFile: 'it is stored on the volume of \'storage\'',
  quorumListenOnAllIPs: 'the name of a Pod may not resolve yet when the member starts',
  server: 'the servers are derived from \'members\'',
  group: 'the quorum is a majority of \'members\'',
  weight: 'the quorum is a majority of \'members\'',
  peerType: 'every member votes',
};

/** Settings that could lose data or prevent members from joining: the key in `zoo.cfg`, without the prefix of the Java property, and the reason. */
const UNSAFE: { [key: string]: string } = {
  'forceSync': 'without it a write is acknowledged before it is on disk',
  'electionAlg': 'the default is the only algorithm that is still supported',
  'skipACL': 'it lets any client change the membership',
  'db.autocreate': 'a member that lost its volume must not vote',
  'snapshot.trust.empty': 'a member that lost its snapshots must not start without them',
  'DigestAuthenticationProvider': 'members use their own super user to join',
  'enforce.auth': 'members join through a session that only uses digest authentication',
  'sessionRequireClientSASLAuth': 'members join through a session without SASL',
};

/** A Java property that cannot be set in `zoo.cfg`; ZooKeeper's scripts pass it as a JVM flag. */
const JUTE_MAX_BUFFER = 'jute.maxbuffer';

/** The input of a `zoo.cfg`. */
export interface ZooCfg {
  readonly separateLog: boolean;
  /** The settings given by the user, checked by `zooCfgProblem`. */
  readonly config: { [key: string]: string };
}

/** The text of `zoo.cfg`. It is the same for all members and does not depend on their number: the membership is on each member's volume. */
export function renderZooCfg({ separateLog, config }: ZooCfg): string {
  const { [JUTE_MAX_BUFFER]: _, ...inFile } = config;
  const settings = {
    dataDir: DATA_DIR,
    ...separateLog ? { dataLogDir: DATA_LOG_DIR } : {},
    ...DEFAULTS,
    ...Object.fromEntries(sortedEntries(inFile)),
    standaloneEnabled: 'false',
    reconfigEnabled: 'true',
    quorumListenOnAllIPs: 'true',
  };
  return [...Object.entries(settings).map(([key, value]) => `${key}=${value}`), ''].join('\n');
}

/** The settings that are JVM flags. */
export function javaFlags(config: { [key: string]: string }): string[] {
  return config[JUTE_MAX_BUFFER] === undefined ? [] : [`-D${JUTE_MAX_BUFFER}=${config[JUTE_MAX_BUFFER].trim()}`];
}

/** An invalid setting: either one that must not be set, or one with an invalid key or value. */
export type ZooCfgProblem = { readonly key: string; readonly got: string } & Problem;

type Problem = { readonly reason: string } | { readonly expected: string; readonly hint?: string };

/** The first invalid setting, if there is one. */
export function zooCfgProblem(config: { [key: string]: string }): ZooCfgProblem | undefined {
  for (const [key, value] of Object.entries(config)) {
    const problem = problemOf(key, value);
    if (problem !== undefined) return { key, got: value, ...problem };
  }
  return undefined;
}

function problemOf(key: string, value: string): Problem | undefined {
  const known = [...Object.keys(OWNED), ...Object.keys(DEFAULTS)];
  const meant = known.find(name => name !== key && name.toLowerCase() === key.toLowerCase());
  // ZooKeeper accepts any key and turns unknown ones into system properties.
  if (meant !== undefined) return { expected: `the key '${meant}'`, hint: 'Keys are case-sensitive.' };

  const owned = Object.keys(OWNED).find(name => key === name || key.startsWith(`${name}.`));
  if (owned !== undefined) return { reason: OWNED[owned] };

  const unsafe = Object.keys(UNSAFE).find(name => [name, `zookeeper.${name}`].some(refused => key === refused || key.startsWith(`${refused}.`)));
  if (unsafe !== undefined) return { reason: UNSAFE[unsafe] };

  if (!/^[A-Za-z0-9][-\w.]*$/.test(key)) return { expected: 'the name of a ZooKeeper setting as the key' };
  if (typeof value !== 'string' || value.trim() === '' || /[\r\n\\]/.test(value)) return { expected: 'a single line without backslashes' };
  if (key === JUTE_MAX_BUFFER && !/^[1-9]\d{0,8}$/.test(value.trim())) {
    return { expected: 'a number of bytes', hint: 'For example 4194304. It is the maximum size of a znode, and clients need the same value.' };
  }
  if (key === WHITELIST && value.trim() !== '*') {
    const commands = value.split(',').map(command => command.trim());
    const missing = OWN_COMMANDS.filter(command => !commands.includes(command));
    if (missing.length > 0) return { expected: `'${missing.join("' and '")}' among the commands`, hint: 'The probes and scripts of the members use them.' };
  }
  return undefined;
}
