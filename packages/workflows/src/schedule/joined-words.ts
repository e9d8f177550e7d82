/** What several people and steps have said, one below the other; null when nobody said anything. */
export function joinedWords(...words: readonly (string | null)[]): string | null {
  return words.filter(Boolean).join('\n\n') || null
}
