export * from './backup';
export * from './backup-destination';
export * from './backup-props';
export * from './backup-retention';
export * from './dump-recipe';
export * from './restore-source';
