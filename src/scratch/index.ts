export * from './shared-scratch-pod';
export * from './shared-scratch-pod-props';
