import { Kubectl } from './kubectl';
import { say, waitUntil } from './progress';
import { TestNamespace } from './test-namespace';

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly spec: { readonly nodeName: string };
}

/**
 * Sends SIGKILL to the main process of a Pod's container, from outside: within its container the first process is
 * immune, and a deleted Pod gets time to shut down. Needs leave to run a privileged Pod.
 *
 * @param program the name of the process, such as `postgres`; of several in the Pod the topmost is killed
 */
export async function sigkill(pods: Kubectl, pod: string, program: string): Promise<void> {
  await signal(pods, pod, program, 'KILL');
}

/** As `sigkill`, another signal: `STOP` makes a process that answers nobody and whose connections stay, `CONT` ends that. */
export async function signal(pods: Kubectl, pod: string, program: string, name: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
  const { metadata, spec } = await pods.get<Pod>('pod', pod);
  const namespace = await TestNamespace.create('signal', new Kubectl(pods.kubeconfig), 'privileged');
  const { kubectl } = namespace;
  try {
    await kubectl.run(['run', 'killer', '--image=busybox:1.35', '--restart=Never', `--overrides=${JSON.stringify({
      spec: {
        nodeName: spec.nodeName,
        hostPID: true,
        automountServiceAccountToken: false,
        containers: [{
          name: 'killer', image: 'busybox:1.35', command: ['sh', '-c', script, 'sh', metadata.uid, program, name], securityContext: { privileged: true },
        }],
      },
    })}`]);
    let phase = '';
    await waitUntil('the end of the killer', 60, async () => {
      phase = await kubectl.run(['get', 'pod', 'killer', '-o', 'jsonpath={.status.phase}']);
      return ['Succeeded', 'Failed'].includes(phase) || phase;
    });
    if (phase === 'Failed') throw new Error(`no process ${program} in ${pod}`);
    say((await kubectl.logs('killer')).trim());
  } finally {
    await namespace.delete({ wait: false });
  }
}

/** The cgroup of a process names the Pod's uid, in some cgroup drivers with '_' in place of '-'. */
const script = `
for process in /proc/[0-9]*; do
  tr _ - <$process/cgroup 2>/dev/null | grep -q "$1" || continue
  [ "$(cat $process/comm)" = "$2" ] || continue
  parent=$(sed -n 's/^PPid:[^0-9]*//p' $process/status)
  [ "$(cat /proc/$parent/comm 2>/dev/null)" != "$2" ] || continue
  kill "-$3" "\${process#/proc/}" && echo "SIG$3 to $2, process \${process#/proc/} of the node" && exit 0
done
exit 1
`;
