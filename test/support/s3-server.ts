import { Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { PodSecurity } from 'cdk8s-stateful';

export const RCLONE = 'docker.io/rclone/rclone:1.75.1';

/** rclone as an S3 server: the Deployment and the Service `s3`. What it holds is in `storage`, or gone with its Pod. */
export function s3Server(chart: Chart, storage: kplus.IStorage = kplus.Volume.fromEmptyDir(chart, 'Volume-data', 'data')): kplus.Deployment {
  const server = new kplus.Deployment(chart, 'S3', {
    metadata: { name: 's3' },
    replicas: 1,
    strategy: kplus.DeploymentStrategy.recreate(),
    securityContext: { user: 1000, fsGroup: 1000 },
    containers: [{
      image: RCLONE,
      imagePullPolicy: kplus.ImagePullPolicy.IF_NOT_PRESENT,
      args: ['serve', 's3', '--addr', ':9000', '--auth-key', 'key,secret', '/data'],
      ports: [{ number: 9000 }],
      envVariables: { XDG_CACHE_HOME: kplus.EnvValue.fromValue('/tmp') },
      securityContext: PodSecurity.restricted({ user: 1000 }),
      resources: { cpu: { request: kplus.Cpu.millis(50) }, memory: { limit: Size.mebibytes(256) } },
      readiness: kplus.Probe.fromTcpSocket({ port: 9000 }),
    }],
  });
  server.containers[0].mount('/data', storage);
  server.containers[0].mount('/tmp', kplus.Volume.fromEmptyDir(chart, 'Volume-tmp', 'tmp'));
  server.exposeViaService({ name: 's3', ports: [{ port: 9000 }] });
  return server;
}

/** How rclone reaches that server, from any namespace. */
export function s3Remote(name: string, namespace: string): string {
  return `
[${name}]
type = s3
provider = Rclone
endpoint = http://s3.${namespace}:9000
access_key_id = key
secret_access_key = secret
`;
}
