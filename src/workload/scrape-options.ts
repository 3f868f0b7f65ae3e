/** Options for scraping metrics. */
export interface ScrapeOptions {
  /**
   * The port of the metrics endpoint, which a container must declare.
   *
   * @default - all ports named `metrics`; throws if there are none
   */
  readonly port?: number;
}
