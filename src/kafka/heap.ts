import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { IConstruct } from 'constructs';
import { conflict, invalid } from '../private/errors';
import { mebibytes } from '../private/quantity';

const MEBIBYTES_BESIDE_HEAP = 384; // Java itself takes 150 to 250, the tool that the readiness probe runs 100
const LEAST_HEAP = 256;
const MOST_HEAP = 6 * 1024; // more is better left to the page cache: kafka.apache.org/documentation/#java

/** The heap in MiB: as given, else half of the memory limit. Throws if the two do not fit together. */
export function heapMebibytes(where: IConstruct, property: string, resources: kplus.ContainerResources, heap?: Size): number {
  const limit = resources.memory?.limit ?? resources.memory?.request;
  if (limit === undefined) {
    throw conflict(where, `'${property}' has no memory limit, from which the heap follows`, 'Give memory: { request, limit } of one size, for example Size.gibibytes(2).');
  }
  const memory = mebibytes(limit);
  if (memory < LEAST_HEAP + MEBIBYTES_BESIDE_HEAP + 128) {
    throw invalid(where, { property: `${property}.memory`, got: `${memory}Mi`, expected: 'at least 768Mi' });
  }
  const size = heap === undefined ? Math.min(Math.floor(memory / 2), MOST_HEAP) : mebibytes(heap);
  if (!(size >= LEAST_HEAP && size <= memory - MEBIBYTES_BESIDE_HEAP)) { // not a number, too
    throw invalid(where, {
      property: 'heap',
      got: `${size}Mi`,
      expected: `${LEAST_HEAP}Mi to ${memory - MEBIBYTES_BESIDE_HEAP}Mi with a memory limit of ${memory}Mi`,
      hint: `Java itself and the page cache need at least ${MEBIBYTES_BESIDE_HEAP}Mi beside the heap.`,
    });
  }
  return size;
}
