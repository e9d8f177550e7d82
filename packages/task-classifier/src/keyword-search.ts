import { type Keyword, type KeywordKind, keywordTable, type Phrase, phrases } from './keyword-table.ts'

/** The keywords of a text, each once, in the order in which they first appear. */
export type KeywordsFound = Readonly<Record<KeywordKind, readonly string[]>>

// A word is a run of letters, combining marks, digits and underscores of any script: `add_user`, `addUser` and
// `fixé` are words of their own, while `fix:`, `fix-up` and `re-implement` hold a keyword.
const WORD = /[\p{L}\p{M}\p{N}_]+/gu
const JOINED = /^[\s\p{Pd}]+$/u
const LONGEST_WORD = 'implementations'.length

interface Word {
  readonly text: string
  /** Whether only blanks or hyphens stand between the word before and this one. */
  readonly joined: boolean
}

/** Finds the keywords of a text in one pass, in time linear in its length. */
export function findKeywords(text: string): KeywordsFound {
  const found = { short: new Set<string>(), long: new Set<string>() }
  const progress = phrases.map(startOf)
  for (const word of wordsOf(text)) {
    note(found, keywordTable.get(word.text))
    for (const phrase of progress) note(found, advance(phrase, word))
  }
  return { short: Array.from(found.short), long: Array.from(found.long) }
}

function note(found: Record<KeywordKind, Set<string>>, keyword: Keyword | undefined): void {
  if (keyword !== undefined) found[keyword.kind].add(keyword.name)
}

function* wordsOf(text: string): Generator<Word> {
  let end = 0
  for (const { 0: word, index } of text.matchAll(WORD)) {
    // Nothing in the table is longer: a megabyte without a blank costs no copy in lower case.
    const known = word.length <= LONGEST_WORD ? word.toLowerCase() : ''
    yield { text: known, joined: JOINED.test(text.slice(end, index)) }
    end = index + word.length
  }
}

/** A phrase and how many more words may come until its last one; below zero when it has not begun. */
interface PhraseProgress {
  readonly phrase: Phrase
  wordsLeft: number
}

function startOf(phrase: Phrase): PhraseProgress {
  return { phrase, wordsLeft: -1 }
}

function advance(progress: PhraseProgress, { text, joined }: Word): Keyword | undefined {
  const { phrase } = progress
  const complete = joined && progress.wordsLeft >= 0 && phrase.last.has(text)
  progress.wordsLeft = phrase.first.has(text) ? phrase.wordsBetween : joined ? progress.wordsLeft - 1 : -1
  return complete ? phrase.keyword : undefined
}
