import * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { DatabaseCredentials } from './database-credentials';
import { DatabaseServer } from './database-engine';
import { configFiles } from '../private/config-files';
import { invalid } from '../private/errors';
import { ClaimTemplate } from '../storage/claim-template';
import { StatefulWorkload } from '../workload/stateful-workload';

/** What the containers of a database mount. */
export interface DatabaseVolumesProps {
  readonly workload: StatefulWorkload;
  readonly data: ClaimTemplate;
  readonly server: DatabaseServer;
  readonly credentials: DatabaseCredentials;
  readonly initScripts: { [fileName: string]: string };
}

interface Mount {
  readonly path: string;
  readonly storage: kplus.IStorage;
  readonly readOnly?: boolean;
}

/** The API server refuses ConfigMaps beyond this. */
const MAX_CONFIG_MAP = 2 ** 20;

/** The volumes of a database's members: data, configuration, credentials, and what is writable beside them. */
export class DatabaseVolumes extends Construct {
  /** Where engines find what they are given. */
  public static readonly PATHS = {
    filesPath: '/etc/cdk8s-stateful/files',
    usernameFile: '/etc/cdk8s-stateful/credentials/username',
    passwordFile: '/etc/cdk8s-stateful/credentials/password',
  };

  private readonly mounts: Mount[];

  public constructor(private readonly database: Construct, id: string, private readonly props: DatabaseVolumesProps) {
    super(database, id);
    const { server, data, initScripts } = props;
    this.mounts = [
      { path: server.dataPath, storage: data },
      { path: '/etc/cdk8s-stateful/credentials', storage: this.credentials(), readOnly: true },
      ...this.configMap('files', 'files', DatabaseVolumes.PATHS.filesPath, server.files ?? {}),
      ...this.configMap('init-scripts', 'initScripts', server.initScriptsPath ?? '/docker-entrypoint-initdb.d', initScripts),
      ...(server.writablePaths ?? []).map(path => ({ path, storage: this.emptyDir(path) })),
      ...this.sharedMemory(),
    ];
  }

  /** Mounts all of them: a container that prepares the volume sees what the server sees. */
  public mountInto(container: kplus.Container): void {
    for (const { path, storage, readOnly } of this.mounts) container.mount(path, storage, { readOnly });
  }

  private credentials(): kplus.Volume {
    const { secret, usernameKey, passwordKey } = this.props.credentials;
    return kplus.Volume.fromSecret(this, 'Credentials', secret, {
      name: 'credentials',
      defaultMode: 0o440,
      items: { [usernameKey]: { path: 'username' }, [passwordKey]: { path: 'password' } },
    });
  }

  private configMap(name: string, property: string, path: string, given: { [fileName: string]: string }): Mount[] {
    const data = { ...given };
    if (Object.keys(data).length === 0) return [];
    this.requireConfigMap(property, data);
    return [{ path, storage: configFiles(this.props.workload, name, () => data), readOnly: true }];
  }

  private requireConfigMap(property: string, data: { [fileName: string]: string }): void {
    for (const file of Object.keys(data)) {
      if (!/^[-._a-zA-Z0-9]{1,253}$/.test(file) || file.startsWith('..') || file === '.') {
        throw invalid(this.database, { property, got: file, expected: "a file name of letters, digits, '-', '_' and '.'" });
      }
    }
    const size = Object.values(data).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
    if (size > MAX_CONFIG_MAP) {
      throw invalid(this.database, { property, got: `${size} bytes`, expected: 'at most 1 MiB together', hint: 'Load larger data as a client.' });
    }
  }

  private emptyDir(path: string): kplus.Volume {
    const name = `writable${path.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-$/, '');
    return kplus.Volume.fromEmptyDir(this, name, name);
  }

  private sharedMemory(): Mount[] {
    const { sharedMemory } = this.props.server;
    if (sharedMemory === undefined) return [];
    const options = { medium: kplus.EmptyDirMedium.MEMORY, sizeLimit: sharedMemory };
    return [{ path: '/dev/shm', storage: kplus.Volume.fromEmptyDir(this, 'shm', 'shm', options) }];
  }
}
