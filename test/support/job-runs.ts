import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { Kubectl } from './kubectl';
import { Manifest } from './manifest';
import { TestNamespace } from './test-namespace';

interface Container {
  readonly command: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/** Why what calls the API server cannot be run here. */
export function curlMissing(): string | undefined {
  try {
    execFileSync('curl', ['--version']);
    return undefined;
  } catch {
    return 'needs curl';
  }
}

/**
 * Runs of the Jobs that take snapshots. No registry and no node is needed: what the image would run is run here, with the account of the Job and its
 * rights.
 */
export class JobRuns {
  public static async create(cluster: Kubectl, namespace: TestNamespace): Promise<JobRuns> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'account-'));
    fs.writeFileSync(path.join(folder, 'ca.crt'), await authority(cluster));
    return new JobRuns(namespace, folder, await ofCluster(cluster, 'server'));
  }

  private constructor(private readonly namespace: TestNamespace, private readonly folder: string, private readonly server: string) {}

  /** Does what the Pod of a Job of this name would do, of a CronJob among the manifests, whose account has its name. */
  public async run(manifests: Manifest[], cronJob: string, job: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    fs.writeFileSync(path.join(this.folder, 'token'), await this.namespace.kubectl.run(['create', 'token', cronJob]));
    const { spec } = manifests.find(({ kind, metadata: { name } }) => kind === 'CronJob' && name === cronJob) as unknown as
      { spec: { jobTemplate: { spec: { template: { spec: { containers: Container[] } } } } } };
    const [{ command: [shell, ...args], env: variables }] = spec.jobTemplate.spec.template.spec.containers;
    const given: { [name: string]: string | undefined } = {
      SNAPSHOT: job, NAMESPACE: this.namespace.name, ACCOUNT: this.folder, API_SERVER: this.server, ...env,
    };
    for (const { name, value } of variables) given[name] ??= (value ?? '').replace('$(SNAPSHOT)', job);
    const { stdout } = await promisify(execFile)(shell, args, { env: { ...process.env, ...given } });
    return stdout;
  }

  public end(): void {
    fs.rmSync(this.folder, { recursive: true });
  }
}

const ofCluster = (cluster: Kubectl, field: string) => cluster.run(['config', 'view', '--raw', '--minify', '-o', `jsonpath={.clusters[0].cluster.${field}}`]);

async function authority(cluster: Kubectl): Promise<Buffer> {
  const data = await ofCluster(cluster, 'certificate-authority-data');
  return data ? Buffer.from(data, 'base64') : fs.readFileSync(await ofCluster(cluster, 'certificate-authority'));
}
