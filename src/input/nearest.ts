/** The closest of `words` to `word`, if it is close enough to be a typo. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(word.length / 3));
  return nearestWithin(word, words, most);
}

/** The same with an edit distance of at most `most`, ignoring case. */
export function nearestWithin(word: string, words: readonly string[], most: number): string | undefined {
  const [best] = words
    .map(candidate => ({ candidate, off: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    // For a word of two letters, a distance of two would match anything.
    .filter(({ candidate, off }) => off <= most && off < Math.max(candidate.length, word.length) / 2)
    .sort((a, b) => a.off - b.off);
  return best?.candidate;
}

/** The edit distance of two words, with insertions, deletions, replacements and transpositions. */
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
