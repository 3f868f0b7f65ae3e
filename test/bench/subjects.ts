import { ApiObject, App, Chart, Size, Testing } from 'cdk8s';
import { Manifest } from '../support/manifest';
import { KafkaCluster } from 'cdk8s-stateful';

/** Builds `count` clusters in one chart and synthesizes them. */
export function synthClusters(count: number, app = new App()): string {
  return clusters(count, app).synthYaml();
}

/** Builds `count` charts, each with the given objects, as plain ApiObjects, and synthesizes them. */
export function synthCharts(count: number, manifests: Manifest[], app = new App()): string {
  for (let i = 0; i < count; i++) {
    const chart = new Chart(app, `bench${i}`, { namespace: 'bench' });
    manifests.forEach((manifest, j) => new ApiObject(chart, `Object${j}`, manifest));
  }
  return app.synthYaml();
}

/** Builds the given objects in one chart, as plain ApiObjects, and synthesizes them. */
export function synthObjects(manifests: Manifest[], app = new App()): string {
  const chart = new Chart(app, 'bench', { namespace: 'bench' });
  manifests.forEach((manifest, i) => new ApiObject(chart, `Object${i}`, manifest));
  return app.synthYaml();
}

/** The objects of `count` clusters. */
export function objectsOf(count: number): Manifest[] {
  return Testing.synth(clusters(count).charts[0]) as Manifest[];
}

function clusters(count: number, app = new App()): App {
  const chart = new Chart(app, 'bench', { namespace: 'bench' });
  for (let i = 0; i < count; i++) {
    new KafkaCluster(chart, `Events${i}`, { storage: { size: Size.gibibytes(100) } });
  }
  return app;
}
