import { javaFlags, renderZooCfg, zooCfgProblem } from '../../src/zookeeper/zoo-cfg';

const settings = (text: string) => Object.fromEntries(text.trimEnd().split('\n').map(line => line.split(/=(.*)/).slice(0, 2)));

test('zoo.cfg is the same for all members, and names none of them', () => {
  expect(renderZooCfg({ separateLog: false, config: {} })).toMatchInlineSnapshot(`
"dataDir=/data
tickTime=2000
initLimit=10
syncLimit=5
maxClientCnxns=60
autopurge.purgeInterval=1
autopurge.snapRetainCount=3
4lw.commands.whitelist=conf,mntr,ruok,srvr
admin.enableServer=false
standaloneEnabled=false
reconfigEnabled=true
quorumListenOnAllIPs=true
"
`);
});

test('the user\'s settings stand in place of the defaults, once', () => {
  const text = renderZooCfg({ separateLog: false, config: { tickTime: '3000', snapCount: '50000' } });
  expect(settings(text)).toMatchObject({ tickTime: '3000', snapCount: '50000', syncLimit: '5' });
  expect(text.match(/^tickTime=/gm)).toHaveLength(1);
});

test('the order of the settings does not change the file', () => {
  const render = (config: { [key: string]: string }) => renderZooCfg({ separateLog: false, config });
  expect(render({ snapCount: '50000', globalOutstandingLimit: '500' })).toBe(render({ globalOutstandingLimit: '500', snapCount: '50000' }));
});

test('the log has its own directory only if it has its own volume', () => {
  expect(settings(renderZooCfg({ separateLog: true, config: {} }))).toHaveProperty('dataLogDir', '/datalog');
  expect(settings(renderZooCfg({ separateLog: false, config: {} }))).not.toHaveProperty('dataLogDir');
});

test('jute.maxbuffer is a Java property, not a setting of zoo.cfg', () => {
  const config = { 'jute.maxbuffer': '4194304', 'tickTime': '3000' };
  expect(renderZooCfg({ separateLog: false, config })).not.toContain('jute');
  expect(javaFlags(config)).toEqual(['-Djute.maxbuffer=4194304']);
  expect(javaFlags({})).toEqual([]);
});

test.each([
  ['jute.maxbuffer', '4194304'],
  ['tickTime', '3000'],
  ['4lw.commands.whitelist', '*'],
  ['4lw.commands.whitelist', 'srvr, ruok, conf, stat'],
  ['admin.enableServer', 'true'],
  ['metricsProvider.className', 'org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'],
  ['serverCnxnFactory', 'org.apache.zookeeper.server.NettyServerCnxnFactory'],
])('the user may set %s=%s', (key, value) => {
  expect(zooCfgProblem({ [key]: value })).toBeUndefined();
});

test.each([
  ['dataDir', '/x', 'it is the mount path of \'storage\''],
  ['dataLogDir', '/x', 'set \'logStorage\' to store the transaction log on a separate volume'],
  ['clientPort', '2182', 'the client port is 2181'],
  ['standaloneEnabled', 'true', 'a single member runs as a quorum of one'],
  ['reconfigEnabled', 'true', 'members join and leave by reconfiguration'],
  ['server.4', 'x:2888:3888', 'the servers are derived from \'members\''],
  ['weight.1', '2', 'the quorum is a majority of \'members\''],
  ['forceSync', 'no', 'without it a write is acknowledged before it is on disk'],
  ['electionAlg', '0', 'the default is the only algorithm that is still supported'],
  ['skipACL', 'yes', 'it lets any client change the membership'],
  ['db.autocreate', 'true', 'a member that lost its volume must not vote'],
  ['zookeeper.db.autocreate', 'true', 'a member that lost its volume must not vote'],
  ['DigestAuthenticationProvider.superDigest', 'super:x', 'members use their own super user to join'],
  ['enforce.auth.schemes', 'sasl', 'members join through a session that only uses digest authentication'],
])('%s=%p must not be set', (key, value, reason) => {
  expect(zooCfgProblem({ snapCount: '1', [key]: value })).toEqual({ key, got: value, reason });
});

test.each([
  ['synclimit', '5', 'the key \'syncLimit\''],
  ['DATADIR', '/x', 'the key \'dataDir\''],
  ['tick time', '1', 'the name of a ZooKeeper setting as the key'],
  ['tickTime', '', 'a single line without backslashes'],
  ['tickTime', '1\nserver.9=evil:1:2', 'a single line without backslashes'],
  ['tickTime', JSON.parse('2000'), 'a single line without backslashes'],
  ['4lw.commands.whitelist', 'conf,ruok,stat', '\'srvr\' among the commands'],
  ['jute.maxbuffer', '4M', 'a number of bytes'],
  ['4lw.commands.whitelist', 'stat', '\'conf\' and \'ruok\' and \'srvr\' among the commands'],
])('%s=%p is refused', (key, value, expected) => {
  expect(zooCfgProblem({ snapCount: '1', [key]: value })).toMatchObject({ key, got: value, expected });
});
