import { sortedEntries } from '../base/sorted-entries';

/** Where clients, followers and voters reach a member. */
export const ZOOKEEPER_PORTS = { client: 2181, quorum: 2888, election: 3888 };

/** The folder of our files. */
export const FILES_DIR = '/etc/cdk8s-stateful/files';

/** The folder of the snapshots, of `myid` and of the record of the membership: the mount of the member's volume, as in the official image. */
export const DATA_DIR = '/data';

/** The folder of the transaction log, where it has a volume of its own. */
export const DATA_LOG_DIR = '/datalog';

/** The commands that the probes and the scripts send. */
const OWN_COMMANDS = ['conf', 'ruok', 'srvr'];
const WHITELIST = '4lw.commands.whitelist';

/** What the user may change. ZooKeeper's own defaults never purge and let a slow follower catch up for 10 s only. */
const DEFAULTS: { [key: string]: string } = {
  'tickTime': '2000',
  'initLimit': '10',
  'syncLimit': '5',
  'maxClientCnxns': '60',
  'autopurge.purgeInterval': '1',
  'autopurge.snapRetainCount': '3',
  [WHITELIST]: [...OWN_COMMANDS, 'mntr'].sort().join(','),
  // A second, unauthenticated way in, over HTTP; probes and `mntr` do without.
  'admin.enableServer': 'false',
};

/** What the ensemble sets by itself: the key, and what decides it. */
const OWNED: { [key: string]: string } = {
  dataDir: 'it is the mount of \'storage\'',
  dataLogDir: 'give \'logStorage\' to put the transaction log on a volume of its own',
  clientPort: `clients connect to ${ZOOKEEPER_PORTS.client}`,
  clientPortAddress: 'members listen at all addresses of their Pods',
  standaloneEnabled: 'a single member runs as a quorum of one',
  reconfigEnabled: 'members join and leave by reconfiguration',
  dynamicConfigFile: 'it is kept on the volume of \'storage\'',
  quorumListenOnAllIPs: 'a Pod\'s own name may not resolve yet when it starts',
  server: 'the servers follow from \'members\'',
  group: 'the quorum is a majority of \'members\'',
  weight: 'the quorum is a majority of \'members\'',
  peerType: 'every member votes',
};

/** What would lose data, or keep members from joining: the key, and why. As `zoo.cfg` says it, or as a Java property. */
const UNSAFE: { [key: string]: string } = {
  'forceSync': 'without it a write is acknowledged before it is on disk',
  'electionAlg': 'the only algorithm that is left is the default',
  'skipACL': 'it lets every client change the membership too',
  'db.autocreate': 'a member that lost its volume must not vote',
  'snapshot.trust.empty': 'a member whose snapshots are lost must not start without them',
  'DigestAuthenticationProvider': 'members join through a super user of their own',
  'enforce.auth': 'members join through a session that authenticates by digest only',
  'sessionRequireClientSASLAuth': 'members join through a session without SASL',
};

/** A Java property that `zoo.cfg` cannot set; the scripts of ZooKeeper take it as a flag. */
const JUTE_MAX_BUFFER = 'jute.maxbuffer';

/** What a `zoo.cfg` is made of. */
export interface ZooCfg {
  readonly separateLog: boolean;
  /** Settings of the user, which `zooCfgProblem` finds none in. */
  readonly config: { [key: string]: string };
}

/** The text of `zoo.cfg`, the same for every member, however many there are: each starts with a membership on its volume. */
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

/** The settings that Java takes as flags. */
export function javaFlags(config: { [key: string]: string }): string[] {
  return config[JUTE_MAX_BUFFER] === undefined ? [] : [`-D${JUTE_MAX_BUFFER}=${config[JUTE_MAX_BUFFER].trim()}`];
}

/** What is wrong with a setting of the user. */
export interface ZooCfgProblem {
  readonly key: string;
  readonly got: string;
  readonly expected: string;
  readonly hint?: string;
}

/** The first thing that is wrong with the user's settings. */
export function zooCfgProblem(config: { [key: string]: string }): ZooCfgProblem | undefined {
  for (const [key, value] of Object.entries(config)) {
    const problem = problemOf(key, value);
    if (problem !== undefined) return { key, got: value, ...problem };
  }
  return undefined;
}

function problemOf(key: string, value: string): Pick<ZooCfgProblem, 'expected' | 'hint'> | undefined {
  const known = [...Object.keys(OWNED), ...Object.keys(DEFAULTS)];
  const meant = known.find(name => name !== key && name.toLowerCase() === key.toLowerCase());
  // ZooKeeper takes any key and makes a system property of those it does not know.
  if (meant !== undefined) return { expected: `the key '${meant}'`, hint: 'ZooKeeper distinguishes capitals.' };

  const owned = Object.keys(OWNED).find(name => key === name || key.startsWith(`${name}.`));
  if (owned !== undefined) return { expected: `it left out: ${OWNED[owned]}` };

  const unsafe = Object.keys(UNSAFE).find(name => [name, `zookeeper.${name}`].some(refused => key === refused || key.startsWith(`${refused}.`)));
  if (unsafe !== undefined) return { expected: `it left out: ${UNSAFE[unsafe]}` };

  if (!/^[A-Za-z0-9][-\w.]*$/.test(key)) return { expected: 'the name of a ZooKeeper setting as the key' };
  if (typeof value !== 'string' || value.trim() === '' || /[\r\n\\]/.test(value)) return { expected: 'a text of one line, without backslashes' };
  if (key === JUTE_MAX_BUFFER && !/^[1-9]\d{0,8}$/.test(value.trim())) {
    return { expected: 'a number of bytes', hint: 'For example 4194304. Clients need the same: it is the most that a znode may hold.' };
  }
  if (key === WHITELIST && value.trim() !== '*') {
    const commands = value.split(',').map(command => command.trim());
    const missing = OWN_COMMANDS.filter(command => !commands.includes(command));
    if (missing.length > 0) return { expected: `'${missing.join("' and '")}' among the commands`, hint: 'The probes and scripts of the members send them.' };
  }
  return undefined;
}
