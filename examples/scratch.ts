import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { SharedScratchPod } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'scratch', { namespace: 'reports' });

// An updater writes a report periodically; the checker processes each new version.
const reports = new SharedScratchPod(chart, 'Reports', { sizeLimit: Size.mebibytes(256), security: { user: 1000 } });
reports.addWriter({
  name: 'updater',
  image: 'busybox:1.35',
  mountPath: '/opt',
  command: ['sh', '-c', 'while true; do date > /opt/.new && mv /opt/.new /opt/report; sleep 60; done'],
});
reports.addReader({
  name: 'update-checker',
  image: 'busybox:1.35',
  mountPath: '/mnt',
  command: ['sh', '-c', 'last=; while sleep 5; do now=$(cat /mnt/report); [ "$now" = "$last" ] || echo "upload $now"; last=$now; done'],
});

// A Pod that completes with its main container: the sidecar, which uploads the results, is terminated with it.
const job = new SharedScratchPod(chart, 'Export', { restartPolicy: kplus.RestartPolicy.NEVER, security: { user: 1000 } });
job.addReader({
  name: 'uploader',
  image: 'busybox:1.35',
  mountPath: '/export',
  sidecar: true,
  command: ['sh', '-c', 'trap exit TERM; while sleep 1; do ls /export; done'],
});
job.addWriter({ name: 'exporter', image: 'busybox:1.35', mountPath: '/export', command: ['sh', '-c', 'seq 100000 > /export/numbers; sleep 5'] });

app.synth();
