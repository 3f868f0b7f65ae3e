export * from './kafka-cluster';
export * from './kafka-cluster-props';
export * from './kafka-listener';
export * from './kafka-metadata';
export * from './kafka-move';
export * from './kafka-topic-props';
export * from './kafka-version';
