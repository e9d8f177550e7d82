/** How many letters have to be changed, added, left out or swapped with their neighbour to make one word of another. */
export function spellingDistance(one: string, other: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let row = 1; row <= one.length; row++) {
    const current = [row]
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1]
      const cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (isSame ? 0 : 1),
      )
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]
      current.push(isSwap ? Math.min(cost, at(beforePrevious, column - 2) + 1) : cost)
    }
    ;[beforePrevious, previous] = [previous, current]
  }
  return at(previous, other.length)
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}

/** The word that was probably meant: one letter off from three letters on, two from six on; `is` is not `id`. */
export function likelyWord<Word extends string>(written: string, words: readonly Word[]): Word | undefined {
  return words.find((word) => {
    const most = word.length > 5 ? 2 : word.length > 2 ? 1 : 0
    return Math.abs(word.length - written.length) <= most && spellingDistance(written, word) <= most
  })
}
