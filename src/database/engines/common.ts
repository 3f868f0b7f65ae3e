import { Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import type { BackupTools } from '../../backup/backup-tools';
import { MemberMount } from '../../kit/member-mount';
import { ConnectionValue } from '../connection-value';
import type { DatabaseCredentials } from '../database-credentials';
import type { ConnectionVariable, DatabaseRequest } from '../i-database-engine';

/** The directory of the scripts and settings of the server. */
export const FILES_PATH = '/etc/cdk8s-stateful/files';

/** The name of the claim template of the data. */
export const DATA_CLAIM = 'data';

const CREDENTIALS_PATH = '/etc/cdk8s-stateful/credentials';

/** The files with the credentials. */
export const USERNAME_FILE = `${CREDENTIALS_PATH}/username`;
export const PASSWORD_FILE = `${CREDENTIALS_PATH}/password`;

/** The names of the environment variables that the clients of the product read. */
export interface ConnectionNames {
  readonly host: string;
  readonly port: string;
  readonly databaseName: string;
  readonly username: string;
  readonly password: string;
}

/** The mounts of the data, the credentials, the scripts and the init scripts. */
export function commonMounts(request: DatabaseRequest, dataPath: string, files: { [name: string]: string }): MemberMount[] {
  const { storage, credentials, initScripts } = request;
  return [
    MemberMount.claim(DATA_CLAIM, dataPath, storage),
    credentialsMount(credentials),
    MemberMount.files('files', FILES_PATH, files),
    MemberMount.files('init-scripts', '/docker-entrypoint-initdb.d', initScripts),
  ];
}

/** The mount of the credentials. */
export function credentialsMount({ secret, usernameKey, passwordKey }: DatabaseCredentials): MemberMount {
  return MemberMount.secret('credentials', CREDENTIALS_PATH, secret, { [usernameKey]: 'username', [passwordKey]: 'password' });
}

/** What a container that backs up or archives may use, unless the user says. */
export const BACKUP_RESOURCES: kplus.ContainerResources = {
  cpu: { request: kplus.Cpu.millis(100) },
  memory: { request: Size.mebibytes(512), limit: Size.mebibytes(512) },
};

/** The tools of an engine's backups, with what all engines have in common. */
export function backupTools({ credentials }: DatabaseRequest, own: OwnTools): BackupTools {
  const { secret, usernameKey, passwordKey } = credentials;
  return {
    ...own,
    env: { ...own.env, USERNAME_FILE, PASSWORD_FILE },
    secret,
    secretItems: { [usernameKey]: 'username', [passwordKey]: 'password' },
    credentialsPath: CREDENTIALS_PATH,
    resources: BACKUP_RESOURCES,
  };
}

/** What differs between engines. */
type OwnTools = Omit<BackupTools, 'secret' | 'secretItems' | 'credentialsPath' | 'resources'>;

/** The connection settings of the primary, for clients. */
export function commonConnection({ names, databaseName }: DatabaseRequest, port: number, variables: ConnectionNames): ConnectionVariable[] {
  return [
    { name: variables.host, suffix: 'HOST', value: ConnectionValue.text(names.serviceDnsName()) },
    { name: variables.port, suffix: 'PORT', value: ConnectionValue.text(`${port}`) },
    { name: variables.databaseName, suffix: 'NAME', value: ConnectionValue.text(databaseName) },
    { name: variables.username, suffix: 'USERNAME', value: ConnectionValue.username() },
    { name: variables.password, suffix: 'PASSWORD', value: ConnectionValue.password() },
  ];
}
