import { ChildProcess, spawn } from 'node:child_process';
import { Kubectl } from './kubectl';
import { Manifest, titleOf } from './manifest';
import { childrenOf } from './pod-template';
import { makeSnapshotKinds, SNAPSHOT_API } from './snapshot-kinds';
import { PodSecurityLevel, TestNamespace } from './test-namespace';

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

interface Status {
  readonly message?: string;
  readonly reason?: string;
}

/**
 * Asks a real API server, without leaving a trace in it, whether it would take objects: a dry run with strict field
 * validation in a namespace that enforces Pod Security “restricted”, unless told otherwise. A warning counts as a refusal.
 *
 * It speaks HTTP through `kubectl proxy`, because one kubectl a case is too slow for hundreds of them.
 */
export class ApiServer {
  static async start(kubectl: Kubectl, level?: PodSecurityLevel): Promise<ApiServer> {
    const namespace = await TestNamespace.create('dry-run', kubectl, level);
    try {
      const proxy = spawn('kubectl', ['proxy', '--port=0'], { env: { ...process.env, KUBECONFIG: kubectl.kubeconfig } });
      return new ApiServer(kubectl, namespace, proxy, await addressOf(proxy));
    } catch (error) {
      await namespace.delete();
      throw error;
    }
  }

  private readonly resources = new Map<string, Promise<readonly ApiResource[]>>();
  private removeSnapshotKinds?: () => Promise<void>;

  private constructor(
    private readonly cluster: Kubectl,
    readonly namespace: TestNamespace,
    private readonly proxy: ChildProcess,
    private readonly address: string,
  ) {
    const end = () => { proxy.kill(); };
    process.once('exit', end);
    proxy.once('exit', () => process.removeListener('exit', end));
  }

  /** Throws unless the server takes all objects of one application, and the Pods and claims that follow from them. */
  async accept(manifests: readonly Manifest[]): Promise<void> {
    const refusals = await this.refusals(manifests);
    if (refusals.length > 0) throw new Error(`the API server refuses\n  ${refusals.join('\n  ')}`);
  }

  /** What the server has against objects of one application: a line each, none if it takes them all. */
  async refusals(manifests: readonly Manifest[]): Promise<string[]> {
    const answers = await Promise.all(manifests.flatMap((manifest) => [
      this.dryRun(manifest, titleOf(manifest)),
      ...childrenOf(manifest).map((child) => this.dryRun(child, `${child.kind} of ${titleOf(manifest)}`)),
    ]));
    return [...duplicates(manifests), ...answers.flat()];
  }

  async stop(): Promise<void> {
    this.proxy.kill();
    await this.namespace.delete({ wait: false });
    await this.removeSnapshotKinds?.();
  }

  private async dryRun(manifest: Manifest, title: string): Promise<string[]> {
    const folder = manifest.apiVersion.includes('/') ? `/apis/${manifest.apiVersion}` : `/api/${manifest.apiVersion}`;
    const resource = (await this.discover(folder)).find(({ kind }) => kind === manifest.kind);
    if (!resource) return [`${title}: this server has no kind ${manifest.kind} in ${manifest.apiVersion}`];

    const { name } = this.namespace;
    const scope = resource.namespaced ? `/namespaces/${name}` : '';
    const metadata = resource.namespaced ? { ...manifest.metadata, namespace: name } : manifest.metadata;
    const response = await fetch(`${this.address}${folder}${scope}/${resource.name}?dryRun=All&fieldValidation=Strict`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...manifest, metadata }),
    });
    const warnings = warningsOf(response).map((text) => `${title}: warning: ${text}`);
    const status = await response.json() as Status;
    // Existence is looked at last, when validation and admission are through.
    if (response.ok || status.reason === 'AlreadyExists') return warnings;
    return [...warnings, `${title}: ${response.status} ${status.message ?? ''}`];
  }

  private discover(folder: string): Promise<readonly ApiResource[]> {
    let found = this.resources.get(folder);
    if (!found) {
      found = this.fetchResources(folder);
      this.resources.set(folder, found);
    }
    return found;
  }

  private async fetchResources(folder: string): Promise<readonly ApiResource[]> {
    const response = await fetch(this.address + folder);
    if (response.status === 404 && folder === `/apis/${SNAPSHOT_API}` && !this.removeSnapshotKinds) {
      this.removeSnapshotKinds = await makeSnapshotKinds(this.cluster);
      return this.fetchResources(folder);
    }
    if (response.status === 404) return [];
    if (!response.ok) throw new Error(`GET ${folder}: ${response.status} ${await response.text()}`);
    const { resources } = await response.json() as { resources: ApiResource[] };
    return resources.filter((resource) => !resource.name.includes('/')); // the others are subresources
  }
}

/** A dry run keeps nothing, so the server cannot see that two objects have one name. */
function duplicates(manifests: readonly Manifest[]): string[] {
  const seen = new Set<string>();
  return manifests.filter((manifest) => {
    const key = [manifest.apiVersion.replace(/\/?[^/]*$/, ''), manifest.metadata.namespace, titleOf(manifest)].join(' ');
    return seen.size === seen.add(key).size;
  }).map((manifest) => `${titleOf(manifest)}: there are two of this name`);
}

/** The texts of `299 - "text", 299 - "text"` (RFC 7234, 5.5). */
function warningsOf(response: Response): string[] {
  const header = response.headers.get('warning') ?? '';
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, quoted]) => quoted.replace(/\\(.)/g, '$1'));
}

function addressOf(proxy: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const address = /Starting to serve on (\S+)/.exec(output)?.[1];
      if (address) resolve(`http://${address}`);
    };
    proxy.stdout?.on('data', read);
    proxy.stderr?.on('data', read);
    proxy.once('error', reject);
    proxy.once('exit', () => reject(new Error(`kubectl proxy ended: ${output}`)));
  });
}
