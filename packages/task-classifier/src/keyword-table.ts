/** Which side a keyword speaks for. */
export type KeywordKind = 'short' | 'long'

/** A keyword as the rules name it, whatever form it was found in. */
export interface Keyword {
  readonly kind: KeywordKind
  readonly name: string
}

/**
 * Every form of every keyword, spelled out: what is not here is not a keyword. No stemming, because
 * `addition`, `removal`, `fixture` and `padding` are things, not tasks.
 */
const forms: Readonly<Record<KeywordKind, Readonly<Record<string, string>>>> = {
  long: {
    implement: 'implement implements implemented implementing implementation implementations',
    refactor: 'refactor refactors refactored refactoring',
    migrate: 'migrate migrates migrated migrating migration migrations',
    redesign: 'redesign redesigns redesigned redesigning',
    architecture: 'architecture architectures architectural',
    comprehensive: 'comprehensive comprehensively',
    extensive: 'extensive extensively',
  },
  short: {
    fix: 'fix fixes fixed fixing',
    update: 'update updates updated updating',
    add: 'add adds added adding',
    remove: 'remove removes removed removing',
    delete: 'delete deletes deleted deleting',
    rename: 'rename renames renamed renaming',
    quick: 'quick quickly',
  },
}

/** Keywords of one word, by form in lower case. */
export const keywordTable: ReadonlyMap<string, Keyword> = new Map(entriesOf('long').concat(entriesOf('short')))

function entriesOf(kind: KeywordKind): [string, Keyword][] {
  return Object.entries(forms[kind]).flatMap(([name, spelled]) =>
    spelled.split(' ').map((form): [string, Keyword] => [form, { kind, name }]),
  )
}

/** A keyword of several words: it starts with one of `first` and ends with one of `last`. */
export interface Phrase {
  readonly keyword: Keyword
  readonly first: ReadonlySet<string>
  readonly last: ReadonlySet<string>
  /** How many words may stand between the first and the last. */
  readonly wordsBetween: number
}

/** Keywords of several words; the words are joined by blanks or hyphens and nothing else. */
export const phrases: readonly Phrase[] = [
  {
    keyword: { kind: 'long', name: 'analyze codebase' },
    first: new Set('analyze analyzes analyzed analyzing analyse analyses analysed analysing analysis'.split(' ')),
    last: new Set(['codebase', 'codebases']),
    wordsBetween: 2,
  },
  {
    keyword: { kind: 'long', name: 'large-scale' },
    first: new Set(['large']),
    last: new Set(['scale']),
    wordsBetween: 0,
  },
]
