import { type IndexedPrompt, matchKeywords } from './keyword-match.ts'
import { BREAK, baseForms } from './prompt-words.ts'
import type { ComplexityLabel } from './workflow.ts'

/** How much work a prompt is, and why. */
export interface ComplexityEstimate {
  readonly complexity: ComplexityLabel
  readonly reason: string
}

const breadth =
  'all, any, architecture, codebase, complete, comprehensive, cross-cutting, distributed, end-to-end, enterprise, entire, every, everywhere, extensive, full, large-scale, microservice, monorepo, platform, redesign, rewrite, system, whole'.split(
    ', ',
  )
const narrowness =
  'button, comment, label, log message, minor, one-line, only, quick, quickly, readme, rename, simple, small, tiny, tweak, typo, wording'.split(
    ', ',
  )
const asking = new Set(
  'add analyze build change check clean configure convert create delete deploy design document extend fix implement improve integrate introduce investigate make migrate move optimize port refactor release remove rename replace review rewrite set support test update upgrade validate write'.split(
    ' ',
  ),
)
const lead = new Set([BREAK, 'and', 'then', 'also', 'please', 'to', 'or'])

/** The points at which each label begins to hold, and those that a workflow starts with. */
const base: Readonly<Record<ComplexityLabel, number>> = { low: 0, medium: 2, high: 4 }

/**
 * Estimates a prompt's complexity by points. It starts with what is usual for the workflow (low 0, medium 2,
 * high 4) and adds: for each breadth word 1, at most 2; for each narrowness word -1, at most -2; for three things
 * asked for 1, for six 2; for more than 60 words 1, for more than 200 2. From 4 on it is high, from 2 on medium.
 * The rules are ours, by judgement; they are not fitted to data.
 */
export function estimateComplexity(prompt: IndexedPrompt, usual: ComplexityLabel): ComplexityEstimate {
  const broad = matchKeywords(breadth, prompt).map(({ keyword }) => keyword)
  const narrow = matchKeywords(narrowness, prompt).map(({ keyword }) => keyword)
  const asks = countAsks(prompt.words)
  const length = prompt.words.filter((word) => word !== BREAK).length
  const points =
    base[usual] + Math.min(2, broad.length) - Math.min(2, narrow.length) + grade(asks, 3, 6) + grade(length, 61, 201)
  const facts = [
    `${usual} is usual for it`,
    ...(broad.length > 0 ? [`${list(broad)} widens it`] : []),
    ...(narrow.length > 0 ? [`${list(narrow)} narrows it`] : []),
    ...(asks >= 3 ? [`${asks} things are asked for`] : []),
    ...(length > 60 ? [`it has ${length} words`] : []),
  ]
  return { complexity: labelOf(points), reason: facts.join(', ') }
}

function labelOf(points: number): ComplexityLabel {
  if (points >= base.high) return 'high'
  return points >= base.medium ? 'medium' : 'low'
}

function grade(amount: number, one: number, two: number): number {
  return amount >= two ? 2 : amount >= one ? 1 : 0
}

/** A verb that asks for something counts where a clause begins: `write docs, add tests and fix it` asks three times. */
function countAsks(words: readonly string[]): number {
  return words.filter((word, place) => lead.has(words[place - 1] ?? BREAK) && isAsking(word)).length
}

function isAsking(word: string): boolean {
  return baseForms(word).some((form) => asking.has(form))
}

function list(keywords: readonly string[]): string {
  return keywords.map((keyword) => `"${keyword}"`).join(', ')
}
