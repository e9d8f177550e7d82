import type { Query } from './query.ts'
import { asciiIdentifierPattern, identifierPattern } from './words.ts'

/** How often a term was said; a fraction when only something like it was. */
export interface TermCount {
  readonly term: number
  readonly count: number
  /** True when the word itself was said at least once, not only one that is like it. */
  readonly exact: boolean
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what this asks about.
const beyondAscii = /[^\u0000-\u007f]/

/** Counts the terms of a query in texts. */
export class TermCounter {
  readonly #query: Query
  readonly #counts = new Map<number, number>()
  readonly #exact = new Set<number>()
  #words = 0

  constructor(query: Query) {
    this.#query = query
  }

  /** Identifiers seen so far. */
  get words(): number {
    return this.#words
  }

  add(text: string): void {
    const pattern = beyondAscii.test(text) ? identifierPattern : asciiIdentifierPattern
    pattern.lastIndex = 0
    // The hot loop of the planner: `exec` and not `matchAll`, which makes an iterator and copies the pattern for each text.
    for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
      this.#words += 1
      for (const { term, strength } of this.#query.match(found[0])) {
        this.#counts.set(term, (this.#counts.get(term) ?? 0) + strength)
        if (strength >= 1) this.#exact.add(term)
      }
    }
  }

  counts(): readonly TermCount[] {
    return [...this.#counts].map(([term, count]) => ({ term, count, exact: this.#exact.has(term) }))
  }
}
