export * from './zookeeper-ensemble';
export * from './zookeeper-ensemble-props';
export * from './zookeeper-version';
