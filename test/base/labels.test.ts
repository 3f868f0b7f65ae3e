import { Cron, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { newChart, synth } from '../support/manifests';
import {
  DatabaseEngine, KafkaCluster, PersistentVolumeClaim, PostgresVersion, RedisDatabase, RedisTopology, SharedScratchPod, SnapshotSchedule,
  StatefulDatabase, ZooKeeperEnsemble,
} from 'cdk8s-stateful';

const storage = { size: Size.gibibytes(10) };

/** But for storage objects that users declare themselves: these are what their user wrote. */
test('every object of a product says what it belongs to and who manages it', () => {
  const chart = newChart('shop');
  const client = new kplus.Deployment(chart, 'Client', { containers: [{ image: 'client:1' }] });
  const database = new StatefulDatabase(chart, 'Orders', {
    engine: DatabaseEngine.postgres({ version: PostgresVersion.V17 }), storage, readReplicas: 1, egress: true, initScripts: { 'a.sql': '' },
  });
  const kafka = new KafkaCluster(chart, 'Events', { storage, controllers: 3 });
  kafka.addTopic('orders', { partitions: 1 });
  const zookeeper = new ZooKeeperEnsemble(chart, 'Coordination', { storage });
  const redis = new RedisDatabase(chart, 'Cache', { storage, topology: RedisTopology.sentinel(), egress: true });
  const scratch = new SharedScratchPod(chart, 'Scratch');
  scratch.addWriter({ image: 'writer:1', mountPath: '/scratch' });
  scratch.addReader({ image: 'reader:1', mountPath: '/scratch' });
  for (const product of [database, kafka, zookeeper, redis]) product.grantConnect(client);
  const claim = PersistentVolumeClaim.fromName(chart, 'Claim', 'data-orders-0');
  new SnapshotSchedule(chart, 'Nightly', { claim, schedule: Cron.daily(), egress: true });

  const ours = synth(chart).filter(({ metadata }) => metadata.name !== client.name);
  const labels = Object.fromEntries(ours.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.labels as { [label: string]: string } | undefined]));
  expect(Object.keys(labels).length).toBeGreaterThan(60);
  const lacking = (label?: { [label: string]: string }) => label?.['app.kubernetes.io/managed-by'] !== 'cdk8s' || !label['app.kubernetes.io/instance'];
  expect(Object.keys(labels).filter(name => lacking(labels[name]))).toEqual([]);
  expect(labels['Deployment cache-link']?.['app.kubernetes.io/instance']).toBe('cache');
  expect(labels['Service orders-read']?.['app.kubernetes.io/instance']).toBe('orders');
  expect(labels['Service orders-headless']?.['app.kubernetes.io/instance']).toBe('orders');
  expect(labels['NetworkPolicy orders-egress']?.['app.kubernetes.io/instance']).toBe('orders');
});
