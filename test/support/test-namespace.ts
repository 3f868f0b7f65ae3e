import { randomBytes } from 'node:crypto';
import { Kubectl } from './kubectl';
import { say, waitUntil } from './progress';

/** What Pods a namespace admits. */
export type PodSecurityLevel = 'restricted' | 'privileged';

/** A namespace of its own for one test, which enforces Pod Security “restricted”, unless told otherwise. */
export class TestNamespace {
  static async create(prefix: string, cluster: Kubectl, level: PodSecurityLevel = 'restricted'): Promise<TestNamespace> {
    const name = `${prefix}-${randomBytes(3).toString('hex')}`;
    await cluster.apply([{
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': level, 'pod-security.kubernetes.io/warn': level } },
    }]);
    const namespace = new TestNamespace(name, cluster.in(name));
    // Until a controller has made it, every Pod is refused.
    await waitUntil(`service account of namespace ${name}`, 60, async () => Boolean(await namespace.kubectl.get('serviceaccount', 'default')) || '');
    return namespace;
  }

  /** `kubectl` is bound to this namespace. */
  private constructor(readonly name: string, readonly kubectl: Kubectl) {}

  /** Prints the Pods, claims and last events: what one would look at first after a failure. */
  async report(): Promise<void> {
    for (const args of [['get', 'pods,pvc', '-o', 'wide'], ['get', 'events', '--sort-by=.lastTimestamp']]) {
      say((await this.kubectl.run(args).catch(String)).split('\n').slice(-30).join('\n'));
    }
  }

  /** Handles a rejection: reports, then throws the same error. */
  readonly reportAndThrow = async (error: unknown): Promise<never> => {
    await this.report();
    throw error;
  };

  /**
   * Deletes it and all that is in it, Pods without their grace, which nobody needs any more; waits by default, so that
   * the next test finds the room on the nodes free.
   */
  async delete(options: { readonly wait?: boolean } = {}): Promise<void> {
    await this.kubectl.delete('namespace', this.name, '--wait=false'); // from now on controllers can make no new Pods here
    await this.kubectl.delete('pod', '--all', '--force', '--grace-period=0', '--wait=false');
    if (options.wait ?? true) await this.kubectl.delete('namespace', this.name);
  }
}
