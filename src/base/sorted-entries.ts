/** Settings in the order of their names, so that the order in which they were given changes nothing. */
export function sortedEntries(settings: { readonly [name: string]: string }): [string, string][] {
  return Object.entries(settings).sort(([a], [b]) => a < b ? -1 : 1);
}
