export * from './pod-security';
export * from './pod-security-props';
export * from './se-linux-options';
