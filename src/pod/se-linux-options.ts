/**
 * The SELinux context of a process. Pod Security "restricted" admits a `level`, and the types `container_t`, `container_init_t` and
 * `container_kvm_t`; a `user` and a `role` it refuses.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#assign-selinux-labels-to-a-container
 */
export interface SeLinuxOptions {
  /**
   * The level, such as 's0:c123,c456'.
   *
   * @default - what the container runtime chooses
   */
  readonly level?: string;

  /**
   * The type, such as 'spc_t'.
   *
   * @default - what the container runtime chooses
   */
  readonly type?: string;

  /**
   * The role.
   *
   * @default - what the container runtime chooses
   */
  readonly role?: string;

  /**
   * The SELinux user.
   *
   * @default - what the container runtime chooses
   */
  readonly user?: string;
}
