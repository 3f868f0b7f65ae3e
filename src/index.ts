export * from './database';
export * from './kafka';
export * from './kit';
export * from './pod';
export * from './scratch';
export * from './storage';
export * from './workload';
export * from './zookeeper';
