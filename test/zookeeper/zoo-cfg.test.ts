import { renderZooCfg, zooCfgProblem } from '../../src/zookeeper/zoo-cfg';

const servers = ['zk-0.zk-headless', 'zk-1.zk-headless', 'zk-2.zk-headless'];

const settings = (text: string) => Object.fromEntries(text.trimEnd().split('\n').map(line => line.split(/=(.*)/).slice(0, 2)));

test('zoo.cfg of three members', () => {
  expect(renderZooCfg({ servers, separateLog: false, config: {} })).toMatchInlineSnapshot(`
"dataDir=/data
tickTime=2000
initLimit=10
syncLimit=5
maxClientCnxns=60
autopurge.purgeInterval=1
autopurge.snapRetainCount=3
4lw.commands.whitelist=mntr,ruok,srvr
admin.enableServer=false
standaloneEnabled=false
reconfigEnabled=false
quorumListenOnAllIPs=true
server.1=zk-0.zk-headless:2888:3888;2181
server.2=zk-1.zk-headless:2888:3888;2181
server.3=zk-2.zk-headless:2888:3888;2181
"
`);
});

test('the user\'s settings stand in place of the defaults, once', () => {
  const text = renderZooCfg({ servers, separateLog: false, config: { tickTime: '3000', snapCount: '50000' } });
  expect(settings(text)).toMatchObject({ tickTime: '3000', snapCount: '50000', syncLimit: '5' });
  expect(text.match(/^tickTime=/gm)).toHaveLength(1);
});

test('another order of the settings changes not a byte', () => {
  const render = (config: { [key: string]: string }) => renderZooCfg({ servers, separateLog: false, config });
  expect(render({ snapCount: '50000', globalOutstandingLimit: '500' })).toBe(render({ globalOutstandingLimit: '500', snapCount: '50000' }));
});

test('the log has a folder of its own only where it has a volume of its own', () => {
  expect(settings(renderZooCfg({ servers, separateLog: true, config: {} }))).toHaveProperty('dataLogDir', '/datalog');
  expect(settings(renderZooCfg({ servers, separateLog: false, config: {} }))).not.toHaveProperty('dataLogDir');
});

test.each([
  ['tickTime', '3000'],
  ['4lw.commands.whitelist', '*'],
  ['4lw.commands.whitelist', 'srvr, ruok, stat'],
  ['admin.enableServer', 'true'],
  ['metricsProvider.className', 'org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'],
  ['serverCnxnFactory', 'org.apache.zookeeper.server.NettyServerCnxnFactory'],
])('the user may set %s=%s', (key, value) => {
  expect(zooCfgProblem({ [key]: value })).toBeUndefined();
});

test.each([
  ['dataDir', '/x', 'it left out: it is the mount of \'storage\''],
  ['dataLogDir', '/x', 'it left out: give \'logStorage\' to put the transaction log on a volume of its own'],
  ['clientPort', '2182', 'it left out: clients connect to 2181'],
  ['standaloneEnabled', 'true', 'it left out: a single member runs as a quorum of one'],
  ['reconfigEnabled', 'true', 'it left out: the members are fixed by \'members\''],
  ['server.4', 'x:2888:3888', 'it left out: the servers follow from \'members\''],
  ['weight.1', '2', 'it left out: the quorum is a majority of \'members\''],
  ['synclimit', '5', 'the key \'syncLimit\''],
  ['DATADIR', '/x', 'the key \'dataDir\''],
  ['tick time', '1', 'the name of a ZooKeeper setting as the key'],
  ['tickTime', '', 'a text of one line, without backslashes'],
  ['tickTime', '1\nserver.9=evil:1:2', 'a text of one line, without backslashes'],
  ['tickTime', JSON.parse('2000'), 'a text of one line, without backslashes'],
  ['4lw.commands.whitelist', 'ruok,stat', '\'srvr\' among the commands'],
  ['4lw.commands.whitelist', 'stat', '\'ruok\' and \'srvr\' among the commands'],
])('%s=%p is refused', (key, value, expected) => {
  expect(zooCfgProblem({ snapCount: '1', [key]: value })).toMatchObject({ key, got: value, expected });
});
