import { FILES_DIR, javaFlags } from './zoo-cfg';

/** What classes, threads, compiled code and network buffers may take beside a small heap. */
export const MIN_BESIDE_HEAP = 256;

/** The minimum memory limit: with less than 128 MiB of heap the server would do little but collect garbage. */
export const MIN_MEMORY = MIN_BESIDE_HEAP + 128;

/** The heap below a memory limit, all in MiB: three quarters of it, less if that leaves too little beside. */
export function heapBelow(memory: number): number {
  return Math.floor(Math.min(memory * 3 / 4, memory - MIN_BESIDE_HEAP));
}

/**
 * What Java is told about names, in a file `java.security`. A member that comes back has another
 * address, and none in between; Java would go on with the old answer for 30 s, and with no answer for 10 s.
 */
export const JAVA_SECURITY = ['networkaddress.cache.ttl=5', 'networkaddress.cache.negative.ttl=1', ''].join('\n');

/**
 * Members without a leader ask each other at intervals that double up to a minute, and may find a peer that late. To
 * ask every two seconds costs them nothing.
 */
export function jvmFlags(config: { [key: string]: string }): string {
  return [`-Djava.security.properties=${FILES_DIR}/java.security`, '-Dzookeeper.fastleader.maxNotificationInterval=2000', ...javaFlags(config)].join(' ');
}
