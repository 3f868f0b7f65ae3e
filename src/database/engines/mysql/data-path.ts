/** The data directory. The scripts of both images, MySQL's and MariaDB's, use it regardless of the settings of the server. */
export const DATA_PATH = '/var/lib/mysql';
