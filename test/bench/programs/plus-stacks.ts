import type { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';

/** Adds a small stack, as constructs of cdk8s-plus: a Deployment, a Service and a ConfigMap. */
export function addStack(chart: Chart, name: string): void {
  const metadata = { name, namespace: 'bench' };
  const config = new kplus.ConfigMap(chart, `${name}-config`, { metadata, data: { 'app.conf': 'level=info\nworkers=4\n' } });
  const deployment = new kplus.Deployment(chart, name, {
    metadata,
    replicas: 3,
    select: false,
    podMetadata: { labels: { app: name, [kplus.Pod.ADDRESS_LABEL]: name } },
    containers: [{
      image: 'docker.io/library/nginx:1.29.3',
      portNumber: 8080,
      envVariables: { LEVEL: kplus.EnvValue.fromConfigMap(config, 'app.conf') },
    }],
  });
  deployment.podMetadata.addLabel(kplus.Pod.ADDRESS_LABEL, name);
  deployment.select(kplus.LabelSelector.of({ labels: { app: name } }));
  new kplus.Service(chart, `${name}-service`, { metadata, selector: deployment, ports: [{ port: 80, targetPort: 8080 }] });
}
