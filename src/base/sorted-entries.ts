/** Settings sorted by name, so that their original order does not matter. */
export function sortedEntries(settings: { readonly [name: string]: string }): [string, string][] {
  return Object.entries(settings).sort(([a], [b]) => a < b ? -1 : 1);
}
