export type { ClusterTopologyOptions } from './cluster-topology';
export * from './redis-credentials';
export * from './redis-database';
export * from './redis-database-props';
export * from './redis-eviction';
export * from './redis-topology';
export * from './redis-user-props';
export * from './redis-version';
