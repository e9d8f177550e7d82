import type { PlanReason } from '../plan.ts'
import type { MatchField, TermMatch } from './file-facts.ts'
import type { Findings } from './findings.ts'
import type { RankedFile } from './ranking.ts'
import type { Gift, SpreadKind } from './spread.ts'

type Field = 'path' | 'symbol' | 'content'

/** Words and files named in one reason; more would not be read. */
const mostNamed = 8

/** Why a file is in the ranking, the strongest evidence first. */
export function explain(ranked: RankedFile, findings: Findings): readonly PlanReason[] {
  return [
    ...(ranked.mentioned ? [reason('mention', 'The prompt writes out its name.')] : []),
    ...(ranked.role === undefined ? [] : [reason('structure', `It is ${ranked.role}.`)]),
    ...explainWords(ranked, findings),
    ...explainGifts(ranked.gifts, findings),
    ...explainHistory(ranked.file, findings),
  ]
}

function explainWords({ file }: RankedFile, { facts, query }: Findings): readonly PlanReason[] {
  const known = facts[file]
  if (known === undefined) return []
  const wordsIn = (field: Field): readonly FoundWord[] => {
    const matches = known.matches.filter((match) => countIn(match, field) > 0)
    const strongestFirst = matches.toSorted((one, other) => countIn(other, field) - countIn(one, field))
    return strongestFirst
      .map((match) => ({ word: query.terms[match.term]?.word ?? '', exact: isExactIn(match, field) }))
      .slice(0, mostNamed)
  }
  const symbols = known.symbols.length === 0 ? '' : `: ${known.symbols.map(code).join(', ')}`
  return [
    wordReason('path', wordsIn('path'), 'Its path says'),
    wordReason('symbol', wordsIn('symbol'), 'It declares', symbols),
    wordReason('content', wordsIn('content'), 'Its text says'),
  ].filter((reason) => reason !== undefined)
}

/** A word of the prompt; not exact when the file only has one that is related to it, such as `session` to `login`. */
interface FoundWord {
  readonly word: string
  readonly exact: boolean
}

function isExactIn({ exactIn }: TermMatch, field: Field): boolean {
  const fields: readonly MatchField[] = field === 'path' ? ['name', 'folder'] : [field]
  return fields.some((one) => exactIn.includes(one))
}

function countIn(match: TermMatch, field: Field): number {
  return field === 'path' ? match.name + match.folder : match[field]
}

function wordReason(kind: Field, found: readonly FoundWord[], text: string, after = ''): PlanReason | undefined {
  if (found.length === 0) return undefined
  const quoted = (exact: boolean): string =>
    found
      .filter((one) => one.exact === exact)
      .map(({ word }) => `“${word}”`)
      .join(', ')
  const related = quoted(false) === '' ? '' : `words like ${quoted(false)}`
  const said = [quoted(true), related].filter((part) => part !== '').join(' and ')
  return { kind, text: `${text} ${said}${after}.`, words: found.map(({ word }) => word), files: [] }
}

const giftTexts: Readonly<Record<SpreadKind, (path: string) => string>> = {
  'imported-by': (path) => `${path} imports it.`,
  imports: (path) => `It imports ${path}.`,
  'test-of': (path) => `It is the test of ${path}.`,
  'tested-by': (path) => `${path} is its test.`,
  beside: (path) => `It stands beside ${path}.`,
  'changed-with': (path) => `It often changed together with ${path}.`,
}

function explainGifts(gifts: readonly Gift[], { facts }: Findings): readonly PlanReason[] {
  return gifts
    .toSorted((one, other) => other.amount - one.amount)
    .map(({ kind, from }) => {
      const path = facts[from]?.path ?? ''
      return { kind, text: giftTexts[kind](code(path)), words: [], files: [path] }
    })
}

function explainHistory(file: number, { history }: Findings): readonly PlanReason[] {
  const changes = history.changesOf(file)
  const subject = history.subjectOf(file)
  return [
    ...(subject === undefined
      ? []
      : [reason('subject', `An earlier commit like the prompt touched it: “${clip(subject)}”.`)]),
    ...(changes === 0 ? [] : [reason('history', `It changed in ${changes} of the commits looked at.`)]),
  ]
}

function reason(kind: PlanReason['kind'], text: string): PlanReason {
  return { kind, text, words: [], files: [] }
}

function clip(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`
}

/** A name as Markdown code, whatever characters it holds. */
export function code(text: string): string {
  const plain = text.replace(/\s+/g, ' ')
  return plain.includes('`') ? `\`\` ${plain} \`\`` : `\`${plain}\``
}
