export * from './pod-security';
export * from './pod-security-props';
