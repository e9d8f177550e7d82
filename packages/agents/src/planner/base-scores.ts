import type { FileFacts } from './file-facts.ts'
import type { FileKind } from './file-kind.ts'
import type { HistoryScores } from './history-scores.ts'
import type { Query } from './query.ts'
import { scoreTexts } from './text-scores.ts'

/** The facts of a folder's files by the index of the inventory; undefined for a file that was skipped. */
export type Facts = readonly (FileFacts | undefined)[]

// What a file says about a prompt by itself: its text first; its past as a mild push that cannot beat a clear text match.
const kindWeights: Readonly<Record<FileKind, number>> = {
  source: 1,
  test: 0.75,
  document: 0.6,
  configuration: 0.65,
  data: 0.3,
}
const askedKindWeight = 1.1
const heatWeight = 0.25
const likenessWeight = 0.4
/** A file that the prompt writes out stands above any that only resembles it. */
const mentionWeight = 1.5

/** A prompt that says one of these asks for files of that kind. Stems. */
const askedKinds: Readonly<Partial<Record<FileKind, readonly string[]>>> = {
  test: ['test', 'spec', 'coverag'],
  document: ['document', 'doc', 'readm', 'changelog', 'guid', 'tutori'],
  configuration: ['config', 'configur', 'depend', 'packag', 'ci', 'workflow', 'lint'],
}

/** The score of each file by itself: about 1 for the best, 0 for a file with nothing to do with the prompt. */
export function scoreFiles(facts: Facts, query: Query, history: HistoryScores): readonly number[] {
  const texts = relativeTextScores(facts, query)
  const kinds = weighKinds(query)
  const mentioned = findMentioned(facts, query)
  return facts.map((file, index) => {
    if (file === undefined) return 0
    const text = (texts[index] ?? 0) * kinds[file.kind] * (1 + heatWeight * history.heatOf(index))
    return text + likenessWeight * history.likenessOf(index) + (mentioned.has(index) ? mentionWeight : 0)
  })
}

/** The files, by index, whose name or path the prompt writes out. */
export function findMentioned(facts: Facts, query: Query): ReadonlySet<number> {
  if (query.mentions.length === 0) return new Set()
  const isMentioned = (path: string): boolean =>
    query.mentions.some((mention) => path === mention || path.endsWith(`/${mention}`))
  return new Set(facts.flatMap((file, index) => (file && isMentioned(file.path.toLowerCase()) ? [index] : [])))
}

function relativeTextScores(facts: Facts, query: Query): readonly number[] {
  const present = facts.flatMap((file, index) => (file === undefined ? [] : [{ file, index }]))
  const scores = scoreTexts(
    present.map(({ file }) => file),
    query.terms,
  )
  const highest = scores.reduce((most, score) => Math.max(most, score), 0)
  const relative = new Array<number>(facts.length).fill(0)
  for (const [place, { index }] of present.entries()) {
    relative[index] = highest === 0 ? 0 : (scores[place] ?? 0) / highest
  }
  return relative
}

function weighKinds(query: Query): Readonly<Record<FileKind, number>> {
  const stems = new Set(query.terms.map(({ key }) => key))
  const weights = { ...kindWeights }
  for (const [kind, asked] of Object.entries(askedKinds)) {
    if (asked.some((stem) => stems.has(stem))) weights[kind as FileKind] = askedKindWeight
  }
  return weights
}
