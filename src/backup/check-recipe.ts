/** How an engine checks a database that was restored. */
export interface CheckRecipe {
  /**
   * The script `check.sh`, which is sourced, and has the functions `serve ARGUMENT...`, which becomes the server, reachable in its Pod only;
   * `answers`, whether it does; `check`, which reads all data and fails if any is damaged; and `ask FILE`, which prints the rows that the
   * statements in a file return.
   */
  readonly script: string;
  /** Further arguments of the server: it must not write outside of its Pod, nor wait for anybody. */
  readonly arguments: string[];
  /**
   * Variables of the script, in addition to those of the container `prepare`.
   *
   * @default - none
   */
  readonly env?: { [name: string]: string };
}
