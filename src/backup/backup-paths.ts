import { BackupMethod } from './backup-method';

/** Where the containers that back up and restore see things. */
export const SCRIPTS_PATH = '/etc/cdk8s-stateful/backup';
export const RCLONE_PATH = '/etc/cdk8s-stateful/rclone';
export const BACKUPS_PATH = '/backups';

/** The folders of a database at a destination, beside its dumps. */
export const PHYSICAL_FOLDER = 'physical';
export const LOG_FOLDER = 'log';

/** What tells the scripts that the log continues dumps, not physical backups. */
export function methodEnv(method: BackupMethod): { [name: string]: string } {
  return method === BackupMethod.DUMP ? { METHOD: method } : {};
}

/** How rclone finds its configuration, and a cache folder that can be written to. */
export const RCLONE_ENV = { RCLONE_CONFIG: `${RCLONE_PATH}/rclone.conf`, XDG_CACHE_HOME: '/tmp' };
