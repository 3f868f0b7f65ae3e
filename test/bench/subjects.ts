import { ApiObject, App, Chart, Size, Testing } from 'cdk8s';
import { Manifest } from '../support/manifest';
import { KafkaCluster } from 'cdk8s-stateful';

/** What is built: our construct, or the same objects as plain ApiObjects. */
export type Subject = 'kafka' | 'plain';

/** Builds `count` clusters in one chart and synthesizes them. */
export function synthClusters(count: number): string {
  return clusters(count).synthYaml();
}

/** Builds the given objects in one chart, as plain ApiObjects, and synthesizes them. */
export function synthObjects(manifests: Manifest[]): string {
  const app = new App();
  const chart = new Chart(app, 'bench', { namespace: 'bench' });
  manifests.forEach((manifest, i) => new ApiObject(chart, `Object${i}`, manifest));
  return app.synthYaml();
}

/** The objects of `count` clusters. */
export function objectsOf(count: number): Manifest[] {
  return Testing.synth(clusters(count).charts[0]) as Manifest[];
}

function clusters(count: number): App {
  const app = new App();
  const chart = new Chart(app, 'bench', { namespace: 'bench' });
  for (let i = 0; i < count; i++) {
    new KafkaCluster(chart, `Events${i}`, { storage: { size: Size.gibibytes(100) } });
  }
  return app;
}
