export * from './database';
export * from './kafka';
export * from './scratch';
export * from './storage';
export * from './workload';
export * from './zookeeper';
