import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { SharedScratchPod } from 'cdk8s-stateful';

const app = new App();
const chart = new Chart(app, 'publish-subscribe', { namespace: 'events' });

// The simplest possible queue: a publisher appends lines to a file in memory, and each subscriber tails it.
const events = new SharedScratchPod(chart, 'Events', {
  medium: kplus.EmptyDirMedium.MEMORY,
  sizeLimit: Size.mebibytes(16),
  security: { user: 1000 },
});
events.addWriter({
  name: 'publisher',
  image: 'busybox:1.35',
  mountPath: '/events',
  // The file is truncated when it reaches one megabyte; `tail -F` detects this and continues.
  command: ['sh', '-c', 'while sleep 1; do date >> /events/log; [ $(wc -c < /events/log) -lt 1000000 ] || mv /events/log /events/log.1; done'],
});
for (const subscriber of ['audit', 'mail']) {
  events.addReader({
    name: subscriber,
    image: 'busybox:1.35',
    mountPath: '/events',
    command: ['sh', '-c', 'tail -n +1 -F /events/log'],
  });
}

app.synth();
