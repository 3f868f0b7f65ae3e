/**
 * MySQL 9.7 with its own volume, which it keeps when it is rescheduled. A Pod whose volume is not accessible from any node
 * stays pending; it never starts empty.
 *
 * Create the Secret once:
 *
 *   kubectl create secret generic stock-credentials --namespace warehouse \
 *     --from-literal=username=stock --from-literal=password="$(openssl rand -hex 16)"
 */
import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { DatabaseEngine, MysqlVersion, PodSecurity, StatefulDatabase } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'mysql', { namespace: 'warehouse' });

const stock = new StatefulDatabase(chart, 'Stock', {
  engine: DatabaseEngine.mysql({ version: MysqlVersion.V9_7 }),
  storage: { size: Size.gibibytes(10) },
});

const scanner = new kplus.Deployment(chart, 'Scanner', {
  containers: [{ image: 'warehouse/scanner:1', portNumber: 8080, securityContext: PodSecurity.restricted({ user: 1000 }) }],
});
stock.grantConnect(scanner);

app.synth();
