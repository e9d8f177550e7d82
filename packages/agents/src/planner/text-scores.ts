import type { FileFacts, TermMatch } from './file-facts.ts'
import type { QueryTerm } from './query-term.ts'

// BM25 over fields: how often a word is said in each field, weighted, bounded by saturation, and worth more the fewer files
// say it at all (Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields", 2004).
const fieldWeights = { name: 6, folder: 2, symbol: 3, content: 1 } as const
/** How fast saying a word again stops counting. */
const saturation = 1.4
/** How much a long text is held against its words: 0 not at all, 1 fully. */
const lengthShare = { symbol: 0.5, content: 0.7 } as const
/** How much of a score depends on the share of the prompt that a file says: one word said often is not the whole prompt. */
const coverageShare = 0.5

/** The text score of each file, in the order given; 0 for a file that says nothing of the query. */
export function scoreTexts(files: readonly FileFacts[], terms: readonly QueryTerm[]): readonly number[] {
  const rarity = rarities(files, terms)
  const worths = terms.map(({ weight }, term) => weight * (rarity[term] ?? 0))
  const whole = worths.reduce((sum, worth) => sum + worth, 0)
  const average = { words: averageOf(files, 'words'), names: averageOf(files, 'names') }
  return files.map((file) => {
    const length = {
      content: relativeLength(file.words, average.words, lengthShare.content),
      symbol: relativeLength(file.names, average.names, lengthShare.symbol),
    }
    let score = 0
    let said = 0
    for (const match of file.matches) {
      const worth = worths[match.term] ?? 0
      score += worth * saturate(weigh(match, length))
      said += worth * Math.min(1, match.name + match.folder + match.symbol + match.content)
    }
    return whole === 0 ? 0 : score * (1 - coverageShare + (coverageShare * said) / whole)
  })
}

/** How rare each term is: 0 for one that every file says. A word that is only guessed at does not make a term common. */
export function rarities(files: readonly FileFacts[], terms: readonly QueryTerm[]): readonly number[] {
  const counts = new Array<number>(terms.length).fill(0)
  for (const { matches } of files) {
    for (const match of matches) {
      const said = match.name + match.folder + match.symbol + match.content
      counts[match.term] = (counts[match.term] ?? 0) + Math.min(1, said)
    }
  }
  return counts.map((count) => Math.log(1 + (files.length - Math.min(count, files.length) + 0.5) / (count + 0.5)))
}

function weigh(match: TermMatch, length: { readonly content: number; readonly symbol: number }): number {
  return (
    fieldWeights.name * Math.min(1, match.name) +
    fieldWeights.folder * Math.min(1, match.folder) +
    (fieldWeights.symbol * match.symbol) / length.symbol +
    (fieldWeights.content * match.content) / length.content
  )
}

function saturate(frequency: number): number {
  return frequency / (saturation + frequency)
}

function relativeLength(length: number, average: number, share: number): number {
  return 1 - share + (average === 0 ? 0 : (share * length) / average)
}

function averageOf(files: readonly FileFacts[], field: 'words' | 'names'): number {
  return files.reduce((sum, file) => sum + file[field], 0) / Math.max(1, files.length)
}
