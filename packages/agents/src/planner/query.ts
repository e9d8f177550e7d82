import type { PlannerLimits } from './limits.ts'
import { createMatcher, type Matcher } from './matcher.ts'
import type { QueryTerm } from './query-term.ts'
import { isGrammarWord, isTaskWord } from './vocabulary.ts'
import { identifierPattern, splitIdentifier, stemOf } from './words.ts'

/** A prompt, ready to be compared with files. */
export interface Query {
  readonly terms: readonly QueryTerm[]
  /** File names and paths that the prompt writes out. */
  readonly mentions: readonly string[]
  /** Whether the prompt was longer than what is read of it, or had more different words than are looked for. */
  readonly truncated: boolean
  /** Which terms an identifier of a file stands for. */
  readonly match: Matcher
}

const taskWordWeight = 0.3
const pairWeight = 0.6
/** The part of a title before its colon (`fix(store): …`, `net/http: …`) names a place by convention. */
const titleScopeWeight = 1.5
const mostMentions = 100
/** What is longer is data, not a word. Characters. */
const longestWord = 120
/** A path or a file name. The lookbehind keeps a long run from being tried again at each of its characters. */
const mentionPattern = /(?<![\w@.+/-])(?:[\w@.+-]*(?:\/[\w@.+-]+)+|[\w-][\w.-]*\.[A-Za-z]\w{0,9}\b)/g

/** Reads a prompt. Any text is a valid prompt; one without words gives a query without terms. */
export function createQuery(prompt: string, limits: Pick<PlannerLimits, 'promptCharacters' | 'promptWords'>): Query {
  const text = prompt.slice(0, limits.promptCharacters)
  const collected = new TermCollector()
  const { scope, rest } = splitTitle(text)
  collected.add(scope, titleScopeWeight)
  collected.add(rest, 1)
  const terms = collected.heaviest(limits.promptWords)
  return {
    terms,
    mentions: findMentions(text),
    truncated: text.length < prompt.length || terms.length < collected.size,
    match: createMatcher(terms),
  }
}

function splitTitle(text: string): { readonly scope: string; readonly rest: string } {
  const title = /^\s*([^\s:]{1,60}(?: [^\s:]{1,40})?):\s/.exec(text)
  return title?.[1] === undefined ? { scope: '', rest: text } : { scope: title[1], rest: text.slice(title[0].length) }
}

function findMentions(text: string): readonly string[] {
  const found = new Set<string>()
  for (const [mention] of text.matchAll(mentionPattern)) {
    found.add(
      mention
        .replace(/^\.?\//, '')
        .replace(/\.$/, '')
        .toLowerCase(),
    )
    if (found.size === mostMentions) break
  }
  return [...found]
}

/** Gathers words and pairs with how often the prompt says them. */
class TermCollector {
  readonly #terms = new Map<string, { readonly word: string; readonly base: number; count: number }>()

  get size(): number {
    return this.#terms.size
  }

  add(text: string, factor: number): void {
    let previous: string | undefined
    // `#123` names an issue, not a subject.
    for (const [identifier] of text.replace(/#\d+\b/g, ' ').matchAll(identifierPattern)) {
      const words = splitIdentifier(identifier)
      for (const word of words) {
        const subject = isSubject(word)
        if (subject) this.#count(stemOf(word), word, factor * (isTaskWord(word) ? taskWordWeight : 1))
        if (subject && previous !== undefined) this.#addPair(previous, word, factor)
        previous = subject ? word : undefined
      }
    }
  }

  heaviest(most: number): readonly QueryTerm[] {
    const terms = [...this.#terms].map(([key, { word, base, count }]) => ({
      key,
      word,
      weight: base * Math.min(2, 1 + Math.log(count)),
    }))
    return terms.length <= most ? terms : terms.toSorted((one, other) => other.weight - one.weight).slice(0, most)
  }

  #addPair(first: string, second: string, factor: number): void {
    const tasks = [first, second].filter(isTaskWord).length
    const weight = pairWeight * taskWordWeight ** tasks
    this.#count(`${stemOf(first)} ${stemOf(second)}`, `${first} ${second}`, factor * weight)
  }

  #count(key: string, word: string, base: number): void {
    const known = this.#terms.get(key)
    if (known === undefined) this.#terms.set(key, { word, base, count: 1 })
    else known.count += 1
  }
}

function isSubject(word: string): boolean {
  if (isGrammarWord(word) || word.length > longestWord) return false
  return /^\d+$/.test(word) ? word.length >= 3 : word.length >= 2 || !/^[a-z]$/.test(word)
}
