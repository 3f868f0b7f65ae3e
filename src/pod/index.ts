export * from './container-probe';
export * from './env-from-source';
export * from './pod-container-props';
export * from './pod-security';
export * from './pod-security-props';
export * from './se-linux-options';
