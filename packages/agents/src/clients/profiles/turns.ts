import type { Tally } from '../tally.ts'

/** For clients whose answer comes in pieces, with talk before each tool call: the answer is what was said since the last call. */
export interface Turns {
  said(piece: string, tally: Tally): void
  /** What is said next begins anew; until then the last turn's text stands. */
  end(): void
}

export function createTurns(): Turns {
  let isNew = true
  return {
    said: (piece, tally) => {
      if (isNew) tally.answer(piece)
      else tally.addToAnswer(piece)
      isNew = false
    },
    end: () => {
      isNew = true
    },
  }
}
