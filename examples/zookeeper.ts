import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { PodSecurity, ZooKeeperEnsemble } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'zookeeper', { namespace: 'coordination' });

const zookeeper = new ZooKeeperEnsemble(chart, 'Zookeeper', { storage: { size: Size.gibibytes(10) } });

const worker = new kplus.Deployment(chart, 'Worker', {
  containers: [{ image: 'shop/worker:1', securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
zookeeper.grantConnect(worker); // ZOOKEEPER_CONNECT, and a NetworkPolicy that lets it in

app.synth();
