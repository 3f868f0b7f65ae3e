export * from './database-credentials';
export * from './database-engine';
export * from './mariadb-version';
export * from './mysql-version';
export * from './postgres-version';
export * from './stateful-database';
export * from './stateful-database-props';
