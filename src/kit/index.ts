export * from './design';
export * from './endpoint-target';
export * from './member-mount';
