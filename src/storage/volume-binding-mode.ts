/** When a claim is bound to a volume. The values are those of the Kubernetes API. */
export enum VolumeBindingMode {
  /** When the first Pod that uses the claim is scheduled, so that the volume is where the Pod can run. */
  WAIT_FOR_FIRST_CONSUMER = 'WaitForFirstConsumer',
  /** As soon as the claim is created, wherever the driver chooses. */
  IMMEDIATE = 'Immediate',
}
