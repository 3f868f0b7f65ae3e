import type { Size } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import type { IConstruct } from 'constructs';
import { conflict, invalid } from '../base/errors';
import { mebibytes } from '../base/quantity';

const MEBIBYTES_BESIDE_HEAP = 384; // Java itself takes 150 to 250, the tool that the readiness probe runs 100
const MIN_HEAP = 256;
const MAX_HEAP = 6 * 1024; // more is better left to the page cache: kafka.apache.org/documentation/#java

/** The heap in MiB: as given, else half of the memory limit. Throws if the two do not fit together. */
export function heapMebibytes(where: IConstruct, property: string, resources: kplus.ContainerResources, heap?: Size): number {
  const limit = resources.memory?.limit ?? resources.memory?.request;
  if (limit === undefined) {
    throw conflict(where, `'${property}' has no memory limit, from which the heap follows`, 'Give memory: { request, limit } of one size, for example Size.gibibytes(2).');
  }
  const memory = mebibytes(limit);
  if (memory < MIN_HEAP + MEBIBYTES_BESIDE_HEAP + 128) {
    throw invalid(where, { property: `${property}.memory`, got: `${memory}Mi`, expected: 'at least 768Mi' });
  }
  const size = heap === undefined ? Math.min(Math.floor(memory / 2), MAX_HEAP) : mebibytes(heap);
  if (!(size >= MIN_HEAP && size <= memory - MEBIBYTES_BESIDE_HEAP)) { // not a number, too
    throw invalid(where, {
      property: 'heap',
      got: `${size}Mi`,
      expected: `${MIN_HEAP}Mi to ${memory - MEBIBYTES_BESIDE_HEAP}Mi with a memory limit of ${memory}Mi`,
      hint: `Java itself and the page cache need at least ${MEBIBYTES_BESIDE_HEAP}Mi beside the heap.`,
    });
  }
  return size;
}
