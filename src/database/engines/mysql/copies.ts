import type { ServerCopies } from './family';
import { valueOf } from './parameter-names';
import { ADOPT_SH, CHECK_SH, CLONE_SH, PASSWORD_SH, PHYSICAL_BACKUP_SH, RESTORE_CLONE_SH, START_SH, START_WITH_CLONE_SH } from './shell';
import { FILES_PATH } from '../common';
import type { Parameters } from '../server-parameters';

/** How a MySQL server with these parameters is copied, by its clone plugin, and becomes another one. */
export function mysqlCopies(product: string, parameters: Parameters): ServerCopies {
  return {
    copy: CLONE_SH,
    files: { 'check.sh': CHECK_SH },
    env: { PRODUCT: product, FILES: FILES_PATH },
    restore: RESTORE_CLONE_SH,
    restoreFiles: { 'physical-backup.sh': PHYSICAL_BACKUP_SH, 'adopt.sh': ADOPT_SH },
    memberFiles: { 'start.sh': START_WITH_CLONE_SH, 'serve.sh': START_SH, 'password.sh': PASSWORD_SH },
    conflict: initConflict(parameters) ?? encryptionConflict(parameters) ?? layoutConflict(parameters),
    restoreConflict: layoutConflict(parameters),
  };
}

/** Why the server cannot have the account that copies it. */
export function initConflict(parameters: Parameters): string | undefined {
  const init = valueOf(parameters, 'init_file');
  return init === undefined ? undefined : `the parameter 'init_file' is '${init}', where the server makes the account that copies it`;
}

/** Why the server would not be copied as a whole. */
function encryptionConflict(parameters: Parameters): string | undefined {
  const encryption = valueOf(parameters, 'default_table_encryption');
  if (encryption === undefined || /^(off|false|0)$/i.test(encryption)) return undefined;
  return `the parameter 'default_table_encryption' is '${encryption}', and a copy does not have the keys of encrypted tables`;
}

/** Where a server may look for files that a copy has in the folder of the data. */
const LOCATIONS = ['innodb_data_home_dir', 'innodb_log_group_home_dir', 'innodb_undo_directory'];

/** Why the files of a server with these parameters, or of the product's `further` ones, are not in one folder. */
export function layoutConflict(parameters: Parameters, further: string[] = []): string | undefined {
  const name = [...LOCATIONS, ...further].find(option => valueOf(parameters, option) !== undefined);
  return name === undefined ? undefined : `the parameter '${name}' is '${valueOf(parameters, name)}', but a physical backup has all files in one folder`;
}
