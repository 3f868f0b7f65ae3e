/** @beside-others */
import { Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import * as fc from 'fast-check';
import { labels, optional, setNames } from '../../support/arbitraries';
import { containers as furtherProps } from '../../support/container-arbitraries';
import { acceptsWhateverIsAllowed } from '../../support/properties';
import { SharedScratchPod } from 'cdk8s-stateful';

const containers = (minLength: number) => fc.array(fc.record({
  sidecar: fc.boolean(),
  ports: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }).map(number => ({ number })), { selector: ({ number }) => number, maxLength: 2 }),
  path: labels.map(label => `/shared/${label}`),
  more: furtherProps,
}), { minLength, maxLength: 3 });

const distinct = (values: number[]) => new Set(values).size === values.length;

const inputs = fc.record({
  own: optional({
    name: setNames,
    sizeLimit: fc.integer({ min: 1, max: 1024 }).map(amount => Size.mebibytes(amount)),
    medium: fc.constantFrom(...Object.values(kplus.EmptyDirMedium)),
    restartPolicy: fc.constantFrom(...Object.values(kplus.RestartPolicy)),
    isolate: fc.boolean(),
    terminationGrace: fc.integer({ min: 1, max: 600 }).map(amount => Duration.seconds(amount)),
    priorityClassName: fc.constantFrom('system-node-critical', 'system-cluster-critical'),
    security: fc.record({ user: fc.integer({ min: 1, max: 65535 }) }),
  }),
  writers: containers(1),
  readers: containers(0),
})
  .filter(({ writers, readers }) => [...writers, ...readers].some(({ sidecar }) => !sidecar))
  .filter(({ writers, readers }) => distinct([...writers, ...readers].flatMap(({ ports }) => ports.map(({ number }) => number))));

acceptsWhateverIsAllowed('SharedScratchPod', inputs, (chart, { own, writers, readers }) => {
  const pod = new SharedScratchPod(chart, 'Reports', own);
  const resources = { memory: { limit: Size.gibibytes(2) } };
  writers.forEach(({ more, path, ...rest }, i) => pod.addWriter({ ...more, ...rest, name: `writer-${i}`, image: 'writer:1', mountPath: path, resources }));
  readers.forEach(({ more, path, ...rest }, i) => pod.addReader({ ...more, ...rest, name: `reader-${i}`, image: 'reader:1', mountPath: path, resources }));
});
