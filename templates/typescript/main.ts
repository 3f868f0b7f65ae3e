import { Chart, Size } from 'cdk8s';
import { DatabaseEngine, PostgresVersion, StatefulApp, StatefulDatabase } from 'cdk8s-stateful';

const app = new StatefulApp();
const shop = new Chart(app, 'shop', { namespace: 'shop' });

new StatefulDatabase(shop, 'Orders', {
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
  storage: { size: Size.gibibytes(20) },
});

app.synth();
