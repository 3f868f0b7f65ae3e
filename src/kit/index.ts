export * from './design';
export * from './endpoint-target';
export * from './i-zookeeper';
export * from './member-mount';
