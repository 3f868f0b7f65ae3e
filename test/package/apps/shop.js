const { App, Chart, Size } = require('cdk8s');
const { DatabaseEngine, KafkaCluster, PostgresVersion, SharedScratchPod, StatefulDatabase } = require('cdk8s-stateful');

const app = new App();
const chart = new Chart(app, 'shop', { namespace: 'shop' });

new StatefulDatabase(chart, 'Orders', {
  engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }),
  storage: { size: Size.gibibytes(20) },
  readReplicas: 1,
});

const events = new KafkaCluster(chart, 'Events', { storage: { size: Size.gibibytes(100) } });
events.addTopic('orders', { partitions: 6 });

const catalog = new SharedScratchPod(chart, 'Catalog', { sizeLimit: Size.mebibytes(64) });
catalog.addWriter({ name: 'updater', image: 'shop/updater:1', mountPath: '/out' });
catalog.addReader({ name: 'server', image: 'shop/server:1', mountPath: '/srv' });

app.synth();
