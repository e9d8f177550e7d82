const MOST_LISTED = 20

/** Words for a message: the first twenty, and how many more there are. */
export function listedWords(words: Iterable<string>): string {
  const all = Array.from(words)
  const hidden = all.length - MOST_LISTED
  const listed = hidden > 0 ? [...all.slice(0, MOST_LISTED), `and ${hidden} more`] : all
  return listed.join(', ') || 'none'
}
