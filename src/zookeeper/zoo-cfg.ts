import { sortedEntries } from '../private/sorted-entries';

/** Where clients, followers and voters reach a member. */
export const ZOOKEEPER_PORTS = { client: 2181, quorum: 2888, election: 3888 };

/** The folder of the configuration, in the official image. */
export const CONF_DIR = '/conf';

/** The folder of the snapshots and of `myid`: the mount of the member's volume, as in the official image. */
export const DATA_DIR = '/data';

/** The folder of the transaction log, where it has a volume of its own. */
export const DATA_LOG_DIR = '/datalog';

/** The commands that the probes send. */
const PROBE_COMMANDS = ['ruok', 'srvr'];
const WHITELIST = '4lw.commands.whitelist';

/** What the user may change. ZooKeeper's own defaults never purge and let a slow follower catch up for 10 s only. */
const DEFAULTS: { [key: string]: string } = {
  'tickTime': '2000',
  'initLimit': '10',
  'syncLimit': '5',
  'maxClientCnxns': '60',
  'autopurge.purgeInterval': '1',
  'autopurge.snapRetainCount': '3',
  [WHITELIST]: ['mntr', ...PROBE_COMMANDS].join(','),
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
  reconfigEnabled: 'the members are fixed by \'members\'',
  dynamicConfigFile: 'the members are fixed by \'members\'',
  quorumListenOnAllIPs: 'a Pod\'s own name may not resolve yet when it starts',
  server: 'the servers follow from \'members\'',
  group: 'the quorum is a majority of \'members\'',
  weight: 'the quorum is a majority of \'members\'',
  peerType: 'every member votes',
};

/** What a `zoo.cfg` is made of. */
export interface ZooCfg {
  /** The DNS names of the members; the first has the id 1. */
  readonly servers: string[];
  readonly separateLog: boolean;
  /** Settings of the user, which `zooCfgProblem` finds none in. */
  readonly config: { [key: string]: string };
}

/** The text of `zoo.cfg`, the same for every member. */
export function renderZooCfg({ servers, separateLog, config }: ZooCfg): string {
  const { client, quorum, election } = ZOOKEEPER_PORTS;
  const settings = {
    dataDir: DATA_DIR,
    ...separateLog ? { dataLogDir: DATA_LOG_DIR } : {},
    ...DEFAULTS,
    ...Object.fromEntries(sortedEntries(config)),
    standaloneEnabled: 'false',
    reconfigEnabled: 'false',
    quorumListenOnAllIPs: 'true',
  };
  return [
    ...Object.entries(settings).map(([key, value]) => `${key}=${value}`),
    ...servers.map((host, i) => `server.${i + 1}=${host}:${quorum}:${election};${client}`),
    '',
  ].join('\n');
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

  if (!/^[A-Za-z0-9][-\w.]*$/.test(key)) return { expected: 'the name of a ZooKeeper setting as the key' };
  if (typeof value !== 'string' || value.trim() === '' || /[\r\n\\]/.test(value)) return { expected: 'a text of one line, without backslashes' };
  if (key === WHITELIST && value.trim() !== '*') {
    const commands = value.split(',').map(command => command.trim());
    const missing = PROBE_COMMANDS.filter(command => !commands.includes(command));
    if (missing.length > 0) return { expected: `'${missing.join("' and '")}' among the commands`, hint: 'The probes send them.' };
  }
  return undefined;
}
