import type { QueryTerm } from './query-term.ts'
import { abbreviationsOfStem, relatedToStem } from './vocabulary.ts'
import { splitIdentifier, stemOf } from './words.ts'

/** One term that an identifier stands for, and how surely: 1 for the word itself. */
export interface TermHit {
  readonly term: number
  readonly strength: number
}

/** Which terms of a query an identifier stands for. */
export type Matcher = (identifier: string) => readonly TermHit[]

// How sure a looser likeness is, beside 1 for the same stem.
const abbreviationStrength = 0.6
const shortenedStrength = 0.5
const lengthenedStrength = 0.3
const relatedStrength = 0.2

/** A shorter beginning is shared by too many words that have nothing in common. */
const shortestBeginning = 4
/** Beginnings are compared with each term: left out for a prompt with so many words that it needs no guess. */
const mostTermsForBeginnings = 60
/** What is longer is data (base64, a hash), not a name. Characters. */
const longestIdentifier = 120
/** Entries; an identifier costs about 100 bytes. The whole cache is dropped when full. */
const cacheSize = 100_000

const noHits: readonly TermHit[] = []

/** Makes a matcher that remembers the identifiers it has seen: source code repeats itself. */
export function createMatcher(terms: readonly QueryTerm[]): Matcher {
  const match = createUncachedMatcher(terms)
  const known = new Map<string, readonly TermHit[]>()
  return (identifier) => {
    const found = known.get(identifier)
    if (found !== undefined) return found
    if (known.size >= cacheSize) known.clear()
    const hits = identifier.length > longestIdentifier ? noHits : match(identifier)
    known.set(identifier, hits)
    return hits
  }
}

function createUncachedMatcher(terms: readonly QueryTerm[]): Matcher {
  const aliases = collectAliases(terms)
  const beginnings = terms.length <= mostTermsForBeginnings ? beginningsOf(terms) : []
  return (identifier) => {
    const stems = splitIdentifier(identifier).map(stemOf)
    const hits = new Map<number, number>()
    for (const [index, stem] of stems.entries()) {
      const pair = index === 0 ? undefined : aliases.get(`${stems[index - 1]} ${stem}`)
      for (const hit of [...(aliases.get(stem) ?? likelyHits(stem, beginnings)), ...(pair ?? [])]) {
        hits.set(hit.term, (hits.get(hit.term) ?? 0) + hit.strength)
      }
    }
    return hits.size === 0 ? noHits : [...hits].map(([term, strength]) => ({ term, strength }))
  }
}

/** Every stem that stands for a term without a guess; the word itself shuts out what is only related to another. */
function collectAliases(terms: readonly QueryTerm[]): ReadonlyMap<string, readonly TermHit[]> {
  const aliases = new Map<string, TermHit[]>()
  for (const [term, { key }] of terms.entries()) aliases.set(key, [{ term, strength: 1 }])
  const exact = new Set(aliases.keys())
  const addAll = (stems: readonly string[], term: number, strength: number): void => {
    for (const stem of stems) {
      const hits = aliases.get(stem) ?? []
      if (!exact.has(stem) && !hits.some((hit) => hit.term === term)) aliases.set(stem, [...hits, { term, strength }])
    }
  }
  for (const [term, { key }] of terms.entries()) addAll(abbreviationsOfStem(key), term, abbreviationStrength)
  for (const [term, { key }] of terms.entries()) addAll(relatedToStem(key), term, relatedStrength)
  return aliases
}

function beginningsOf(terms: readonly QueryTerm[]): readonly { readonly key: string; readonly term: number }[] {
  const usable = terms.map(({ key }, term) => ({ key, term }))
  return usable.filter(({ key }) => key.length >= shortestBeginning && !key.includes(' '))
}

/** `auth` for `authent`, `planner` for `plan`: code shortens and lengthens words more than a stemmer knows. */
function likelyHits(
  stem: string,
  beginnings: readonly { readonly key: string; readonly term: number }[],
): readonly TermHit[] {
  if (stem.length < shortestBeginning) return noHits
  const hits: TermHit[] = []
  for (const { key, term } of beginnings) {
    if (key.startsWith(stem)) hits.push({ term, strength: shortenedStrength })
    else if (stem.startsWith(key)) hits.push({ term, strength: lengthenedStrength })
  }
  return hits
}
