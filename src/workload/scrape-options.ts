/** How metrics are scraped. */
export interface ScrapeOptions {
  /**
   * The port that serves the metrics: one that a container declares.
   *
   * @default - the port named `metrics`, of each container that has one; throws if none has
   */
  readonly port?: number;
}
