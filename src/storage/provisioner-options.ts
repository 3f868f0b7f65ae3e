/** What all provisioners take beside their own options. */
export interface ProvisionerOptions {
  /**
   * Further parameters of the driver, as its documentation writes them. For what has no
   * option here; throws if the options write one of them already.
   *
   * @default - none
   */
  readonly parameters?: { [name: string]: string };
}
