import { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Kubectl } from './kubectl';
import { sleep } from './progress';

/** A port of a Pod on this machine, also after the Pod was replaced by another one of its name. */
export class PortForward {
  static async open(kubectl: Kubectl, pod: string, port: number): Promise<PortForward> {
    const forward = new PortForward(kubectl, pod, port);
    await forward.connect();
    void forward.keep();
    return forward;
  }

  /** The port on this machine. */
  localPort = 0;
  private child?: ChildProcessWithoutNullStreams;
  private closed = false;
  private ended: Promise<void> = Promise.resolve();

  private constructor(private readonly kubectl: Kubectl, private readonly pod: string, private readonly port: number) {}

  close(): void {
    this.closed = true;
    this.child?.kill('SIGKILL');
  }

  private async keep(): Promise<void> {
    for (;;) {
      await this.ended;
      if (this.closed) return;
      await sleep(0.5);
      await this.connect().catch(() => undefined);
    }
  }

  private async connect(): Promise<void> {
    const child = this.kubectl.start(['port-forward', `pod/${this.pod}`, `${this.localPort || ''}:${this.port}`]);
    this.child = child;
    this.ended = new Promise(resolve => child.once('close', () => resolve()));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', chunk => {
        const [, port] = /127\.0\.0\.1:(\d+) ->/.exec(String(chunk)) ?? [];
        if (port === undefined) return;
        this.localPort = Number(port);
        resolve();
      });
      // A connection that the Pod refuses ends none of the others.
      child.stderr.on('data', chunk => { if (String(chunk).includes('lost connection to pod')) child.kill('SIGKILL'); });
      child.once('close', () => reject(new Error(`no port-forward to ${this.pod}:${this.port}`)));
    });
  }
}
