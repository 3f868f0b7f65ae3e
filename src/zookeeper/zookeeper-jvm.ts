import { FILES_DIR, javaFlags } from './zoo-cfg';

/** The memory in MiB for classes, threads, compiled code and network buffers, in addition to the heap. */
export const MIN_OUTSIDE_HEAP = 256;

/** The minimum memory limit in MiB: with a heap of less than 128 MiB the server would spend most of its time collecting garbage. */
export const MIN_MEMORY = MIN_OUTSIDE_HEAP + 128;

/** The default heap for a memory limit, both in MiB: three quarters of it, or less to leave enough memory outside the heap. */
export function heapBelow(memory: number): number {
  return Math.floor(Math.min(memory * 3 / 4, memory - MIN_OUTSIDE_HEAP));
}

/**
 * The DNS cache settings in the file `java.security`. A restarted member has a new address, and no address in between; by
 * default, Java caches addresses for 30 s and failed lookups for 10 s.
 */
export const JAVA_SECURITY = ['networkaddress.cache.ttl=5', 'networkaddress.cache.negative.ttl=1', ''].join('\n');

/**
 * Members without a leader send notifications at intervals that double up to a minute, so they could find a peer that late. A
 * maximum of two seconds costs nothing.
 */
export function jvmFlags(config: { [key: string]: string }): string {
  return [`-Djava.security.properties=${FILES_DIR}/java.security`, '-Dzookeeper.fastleader.maxNotificationInterval=2000', ...javaFlags(config)].join(' ');
}
