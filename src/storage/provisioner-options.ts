/** Options that all provisioners have in common. */
export interface ProvisionerOptions {
  /**
   * Additional parameters of the driver, by the names in its documentation. Throws if a parameter is already set by
   * another option.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };
}
