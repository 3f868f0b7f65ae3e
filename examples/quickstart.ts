/**
 * The quickstart of the README: PostgreSQL 17 with one read replica.
 */
import { App, Chart, Size } from 'cdk8s';
import { DatabaseEngine, PostgresVersion, StatefulDatabase } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'quickstart', { namespace: 'shop' });

new StatefulDatabase(chart, 'Orders', {
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
  storage: { size: Size.gibibytes(1) },
  readReplicas: 1,
});

app.synth();
