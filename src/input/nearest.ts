/** The one of `words` that is nearest to `word`, if it is near enough to be what was meant. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(word.length / 3));
  return nearestWithin(word, words, most);
}

/** The same for words that are at most `most` letters off; difference in case counts for nothing. */
export function nearestWithin(word: string, words: readonly string[], most: number): string | undefined {
  const [best] = words
    .map(candidate => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    // Of a word of two letters, two letters off, nothing is left.
    .filter(({ candidate, off }) => off <= most && off < Math.max(candidate.length, word.length) / 2)
    .sort((a, b) => a.off - b.off);
  return best?.candidate;
}

/** How many letters must be put in, taken out, replaced or swapped with their neighbour to get from one word to the other. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2][j - 2] + 1 : Infinity;
      row.push(Math.min(replaced, swapped, rows[i - 1][j] + 1, row[j - 1] + 1));
    }
    rows.push(row);
  }
  return rows[a.length][b.length];
}
