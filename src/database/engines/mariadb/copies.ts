import * as scripts from './shell';
import { FILES_PATH, DATA_CLAIM } from '../common';
import { initConflict, layoutConflict } from '../mysql/copies';
import { DATA_PATH } from '../mysql/data-path';
import type { ServerCopies } from '../mysql/family';
import { ADOPT_SH, CHECK_COPY_SH, CHECK_SH, PASSWORD_SH, PHYSICAL_BACKUP_SH, START_SH } from '../mysql/shell';
import type { Parameters } from '../server-parameters';

/** How the files of a server with these parameters and arguments are copied, by mariadb-backup, which reads them from its volume. */
export function mariadbCopies(product: string, parameters: Parameters, args: string[]): ServerCopies {
  const layout = layoutConflict(parameters, ['innodb_temp_data_file_path', 'aria_log_dir_path']);
  return {
    copy: scripts.COPY_SH,
    volume: { claim: DATA_CLAIM, path: DATA_PATH, serving: scripts.SERVING_SH },
    files: { 'copy-client.sh': scripts.COPY_CLIENT_SH, 'check.sh': CHECK_SH, 'check-copy.sh': CHECK_COPY_SH, 'arguments': `${args.join('\n')}\n` },
    env: { PRODUCT: product, FILES: FILES_PATH },
    restore: scripts.RESTORE_COPY_SH,
    restoreFiles: { 'physical-backup.sh': PHYSICAL_BACKUP_SH, 'adopt.sh': ADOPT_SH },
    memberFiles: { 'start.sh': scripts.START_FOR_COPIES_SH, 'start-server.sh': START_SH, 'password.sh': PASSWORD_SH },
    conflict: initConflict(parameters) ?? layout,
    restoreConflict: layout,
  };
}
