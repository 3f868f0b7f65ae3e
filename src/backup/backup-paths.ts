/** Where the containers that back up and restore see things. */
export const SCRIPTS_PATH = '/etc/cdk8s-stateful/backup';
export const RCLONE_PATH = '/etc/cdk8s-stateful/rclone';
export const BACKUPS_PATH = '/backups';

/** How rclone finds its configuration, and a cache folder that can be written to. */
export const RCLONE_ENV = { RCLONE_CONFIG: `${RCLONE_PATH}/rclone.conf`, XDG_CACHE_HOME: '/tmp' };
