import { LONGEST_LINE } from './control-protocol.ts'

/** Cuts what comes over a socket into lines. */
export class LineReader {
  #text = ''

  /** Whole lines. @throws RangeError when one has no end. */
  push(piece: string): string[] {
    const lines = (this.#text + piece).split('\n')
    this.#text = lines.pop() ?? ''
    if (this.#text.length > LONGEST_LINE) throw new RangeError(`a line of more than ${LONGEST_LINE} characters`)
    return lines
  }
}

/** Undefined when it is no JSON. */
export const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
