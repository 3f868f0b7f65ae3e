import { ChildProcessWithoutNullStreams, execFile, execFileSync, spawn } from 'node:child_process';
import { Manifest } from './manifest';
import { patient } from './patience';

/** A kubectl command that failed; the message holds the command and what it wrote to stderr. */
export class KubectlError extends Error {
  constructor(args: readonly string[], readonly stderr: string, stdout = '') {
    super(`kubectl ${args.join(' ')}: ${[stderr, stdout].map((s) => s.trim()).filter(Boolean).join('\n') || 'failed without a word'}`);
  }
}

export interface KubectlOptions {
  /** What the command reads on stdin. */
  readonly input?: string;
  /** @default 120 */
  readonly seconds?: number;
}

/** The kubectl binary, for one kubeconfig and, after `in()`, one namespace. */
export class Kubectl {
  private readonly env: NodeJS.ProcessEnv;

  constructor(readonly kubeconfig: string, readonly namespace?: string) {
    this.env = { ...process.env, KUBECONFIG: kubeconfig };
  }

  in(namespace: string): Kubectl {
    return new Kubectl(this.kubeconfig, namespace);
  }

  /** Runs any kubectl command and returns its stdout. */
  run(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    const all = this.scoped(args);
    const seconds = patient(options.seconds ?? 120);
    return new Promise((resolve, reject) => {
      const limits = { env: this.env, timeout: seconds * 1000, maxBuffer: 256 * 2 ** 20 };
      const child = execFile('kubectl', all, limits, (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const late = error.killed ? `killed after ${seconds} s\n` : '';
        reject(new KubectlError(all, late + (stderr || error.message), stdout));
      });
      child.stdin?.on('error', () => undefined); // a command that fails before it reads says so on stderr
      child.stdin?.end(options.input ?? '');
    });
  }

  /** As `run`, for what must be known before jest collects the tests. */
  runSync(args: readonly string[], options: KubectlOptions = {}): string {
    const all = this.scoped(args);
    try {
      return execFileSync('kubectl', all, {
        env: this.env, encoding: 'utf8', input: options.input ?? '', timeout: patient(options.seconds ?? 120) * 1000, stdio: 'pipe',
      });
    } catch (error) {
      const { stderr, stdout, message } = error as Error & { stderr?: string; stdout?: string };
      throw new KubectlError(all, stderr || message, stdout);
    }
  }

  /** Starts a command that runs on beside the test, such as a producer; the caller ends it. */
  start(args: readonly string[]): ChildProcessWithoutNullStreams {
    return spawn('kubectl', this.scoped(args), { env: this.env });
  }

  /** Applies objects, or a YAML text as it stands. */
  async apply(manifests: readonly Manifest[] | string): Promise<void> {
    const input = typeof manifests === 'string' ? manifests : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
    await this.run(['apply', '-f', '-'], { input });
  }

  /** For example `delete('pod', 'db-0', '--wait=false')`. */
  async delete(...args: readonly string[]): Promise<void> {
    await this.run(['delete', '--ignore-not-found', ...args], { seconds: 300 });
  }

  async get<T extends object = Manifest>(kind: string, name: string): Promise<T> {
    return JSON.parse(await this.run(['get', kind, name, '-o', 'json'])) as T;
  }

  async list<T extends object = Manifest>(kind: string, selector = ''): Promise<T[]> {
    const { items } = JSON.parse(await this.run(['get', kind, '-l', selector, '-o', 'json'])) as { items: T[] };
    return items;
  }

  exec(pod: string, command: readonly string[], options: KubectlOptions & { readonly container?: string } = {}): Promise<string> {
    const container = options.container === undefined ? [] : ['-c', options.container];
    const stdin = options.input === undefined ? [] : ['-i'];
    return this.run(['exec', pod, ...container, ...stdin, '--', ...command], options);
  }

  logs(pod: string, ...args: readonly string[]): Promise<string> {
    return this.run(['logs', pod, ...args]);
  }

  /** What all Pods of a Job have printed. `kubectl logs job/…` chooses the oldest Pod, which is that of a failed attempt if there was any. */
  logsOfJob(job: string, ...args: readonly string[]): Promise<string> {
    return this.run(['logs', '-l', `batch.kubernetes.io/job-name=${job}`, '--tail=-1', '--ignore-errors', ...args]);
  }

  /** For example `wait('pod/db-0', 'condition=Ready', 60)`: also for a Pod whose controller has not created it again yet, which kubectl refuses. */
  async wait(resource: string, what: string, seconds: number): Promise<void> {
    const end = Date.now() + patient(seconds) * 1000;
    for (;;) {
      const left = Math.max(1, Math.round((end - Date.now()) / 1000));
      const error: unknown = await this.run(['wait', resource, `--for=${what}`, `--timeout=${left}s`], { seconds: left + 10 }).then(() => undefined, reason => reason);
      if (error === undefined) return;
      if (Date.now() > end || !String(error).includes('(NotFound)')) throw error;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }

  /** Returns when a rollout is complete, for example of `statefulset/db`. */
  async rolloutStatus(resource: string, seconds: number): Promise<void> {
    await this.run(['rollout', 'status', resource, `--timeout=${patient(seconds)}s`], { seconds: patient(seconds) + 10 });
  }

  async rolloutRestart(resource: string): Promise<void> {
    await this.run(['rollout', 'restart', resource]);
  }

  /** Returns when a disruption budget allows so many evictions: what it counts follows the Pods some moments later. */
  async evictable(budget: string, pods: number): Promise<void> {
    await this.wait(`poddisruptionbudget/${budget}`, `jsonpath={.status.disruptionsAllowed}=${pods}`, 60);
  }

  /** Asks for an eviction as drain does, once: a disruption budget that forbids it is an error (429). */
  async evict(pod: string): Promise<void> {
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: this.namespace } };
    await this.run(['create', '--raw', `/api/v1/namespaces/${this.namespace}/pods/${pod}/eviction`, '-f', '-'], { input: JSON.stringify(eviction) });
  }

  /**
   * Cordons a node and evicts the Pods of this namespace that a selector chooses. `kubectl drain` knows no namespace, so
   * they get a label that no others have.
   */
  async drain(node: string, seconds: number, podSelector: string): Promise<void> {
    const drained = `drained=${this.namespace}`;
    await this.run(['label', 'pod', '-l', podSelector, `--field-selector=spec.nodeName=${node}`, '--overwrite', drained]);
    await this.run(['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', `--timeout=${patient(seconds)}s`, `--pod-selector=${drained}`], { seconds: patient(seconds) + 10 });
  }

  async uncordon(node: string): Promise<void> {
    await this.run(['uncordon', node]);
  }

  private scoped(args: readonly string[]): string[] {
    return this.namespace === undefined ? [...args] : ['--namespace', this.namespace, ...args];
  }
}
