import { randomBytes } from 'node:crypto';
import { Kubectl } from './kubectl';
import { say, waitUntil } from './progress';

/** The Pod Security level of a namespace. */
export type PodSecurityLevel = 'restricted' | 'privileged';

/** A namespace for one test, which enforces Pod Security “restricted” by default. */
export class TestNamespace {
  static async create(prefix: string, cluster: Kubectl, level: PodSecurityLevel = 'restricted'): Promise<TestNamespace> {
    const name = `${prefix}-${randomBytes(3).toString('hex')}`;
    await cluster.apply([{
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/warn': level } },
    }]);
    const namespace = new TestNamespace(name, cluster.in(name));
    // Until a controller has created it, every Pod is rejected.
    await waitUntil(`service account of namespace ${name}`, 60, async () => Boolean(await namespace.kubectl.get('serviceaccount', 'default')) || '');
    return namespace;
  }

  /** A kubectl for this namespace. */
  private constructor(readonly name: string, readonly kubectl: Kubectl) {}

  /** Prints the Pods, claims and last events, for the diagnosis of a failure. */
  async report(): Promise<void> {
    for (const args of [['get', 'pods,pvc', '-o', 'wide'], ['get', 'events', '--sort-by=.lastTimestamp']]) {
      say((await this.kubectl.run(args).catch(String)).split('\n').slice(-30).join('\n'));
    }
  }

  /**
   * Deletes the namespace and everything in it, without the grace period of Pods; waits by default, so that
   * the resources of the nodes are free for the next test.
   */
  async delete(options: { readonly wait?: boolean } = {}): Promise<void> {
    await this.kubectl.delete('namespace', this.name, '--wait=false'); // from now on controllers cannot create Pods here
    await this.kubectl.delete('pod', '--all', '--force', '--grace-period=0', '--wait=false');
    if (options.wait ?? true) await this.kubectl.delete('namespace', this.name);
  }
}
