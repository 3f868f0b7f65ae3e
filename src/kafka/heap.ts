import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';
import { mebibytes } from '../base/quantity';

const MEBIBYTES_OUTSIDE_HEAP = 384; // the JVM needs 150 to 250, the tool that the readiness probe runs needs 100
const MIN_HEAP = 256;
const MAX_HEAP = 6 * 1024; // anything more is better used as page cache: kafka.apache.org/documentation/#java

/** The heap in MiB: `heap` if given, otherwise half of the memory limit. Throws if the heap does not fit into the limit. */
export function heapMebibytes(where: IConstruct, property: string, resources: kplus.ContainerResources, heap?: Size): number {
  const limit = resources.memory?.limit ?? resources.memory?.request;
  if (limit === undefined) {
    throw conflict(where, `'${property}' has no memory limit, so the heap size cannot be derived`, 'Set the memory request and limit to the same size, for example Size.gibibytes(2).');
  }
  const memory = mebibytes(limit);
  if (memory < MIN_HEAP + MEBIBYTES_OUTSIDE_HEAP + 128) {
    throw invalid(where, { property: `${property}.memory`, got: `${memory}Mi`, expected: 'at least 768Mi' });
  }
  const size = heap === undefined ? Math.min(Math.floor(memory / 2), MAX_HEAP) : mebibytes(heap);
  if (!(size >= MIN_HEAP && size <= memory - MEBIBYTES_OUTSIDE_HEAP)) { // written so that NaN fails too
    throw invalid(where, {
      property: 'heap',
      got: `${size}Mi`,
      expected: `${MIN_HEAP}Mi to ${memory - MEBIBYTES_OUTSIDE_HEAP}Mi with a memory limit of ${memory}Mi`,
      hint: `The JVM and the page cache need at least ${MEBIBYTES_OUTSIDE_HEAP}Mi in addition to the heap.`,
    });
  }
  return size;
}
