import { Manifest } from './manifest';

/**
 * A Pod `damager` that changes some bytes of the newest backup in a folder of the claim `backups`.
 *
 * @param files which files of it, as a shell pattern
 */
export function damager(image: string, folder: string, files: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'damager' },
    spec: {
      restartPolicy: 'Never',
      securityContext: { runAsUser: 999, runAsGroup: 999, fsGroup: 999, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      volumes: [{ name: 'backups', persistentVolumeClaim: { claimName: 'backups' } }],
      containers: [{
        name: 'damager',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['bash', '-ec', `cd /backups/${folder}; cd "$(ls | grep ^2 | tail -n 1)"; for file in ${files}; do printf damaged! | dd of="$file" bs=1 seek=100 conv=notrunc; done`],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: [{ name: 'backups', mountPath: '/backups' }],
      }],
    },
  };
}
