/**
 * The SELinux context of a process. Pod Security "restricted" admits `level`, and the types `container_t`,
 * `container_init_t` and `container_kvm_t`, but not `user` and `role`.
 *
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#assign-selinux-labels-to-a-container
 */
export interface SeLinuxOptions {
  /**
   * The level, such as 's0:c123,c456'.
   *
   * @default - chosen by the container runtime
   */
  readonly level?: string;

  /**
   * The type, such as 'spc_t'.
   *
   * @default - chosen by the container runtime
   */
  readonly type?: string;

  /**
   * The role.
   *
   * @default - chosen by the container runtime
   */
  readonly role?: string;

  /**
   * The SELinux user.
   *
   * @default - chosen by the container runtime
   */
  readonly user?: string;
}
