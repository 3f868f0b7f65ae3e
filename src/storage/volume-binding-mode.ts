/** When a claim gets its volume. The values are those of the Kubernetes API. */
export enum VolumeBindingMode {
  /** When the first Pod that mounts it is scheduled, so that the volume is where the Pod can run. */
  WAIT_FOR_FIRST_CONSUMER = 'WaitForFirstConsumer',
  /** At once, wherever the driver likes. */
  IMMEDIATE = 'Immediate',
}
