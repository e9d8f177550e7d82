import type { CatalogueEntry } from './catalogue.ts'
import { estimateComplexity } from './complexity-estimate.ts'
import { ComplexityUnknownError } from './complexity-unknown-error.ts'
import { type IndexedPrompt, indexPrompt, type KeywordMatch, matchKeywords } from './keyword-match.ts'
import type { ComplexityLabel } from './workflow.ts'
import { WorkflowUnknownError } from './workflow-unknown-error.ts'

/** What the caller decides instead of the router. */
export interface RoutingOverride {
  /** The name or the path of an entry of the catalogue. */
  readonly workflow?: string | undefined
  readonly complexity?: ComplexityLabel | undefined
}

/** Which workflow a prompt takes, and why. */
export interface RoutingResult {
  readonly workflow: string
  readonly workflowPath: string
  readonly complexity: ComplexityLabel
  /** One sentence for a log or a run record. */
  readonly reason: string
  /**
   * From 0 to 1, how sure the choice of the workflow is: the share of the evidence that speaks for it, discounted
   * when there is little. One matched keyword alone gives at most 0.67; a default is no better than a guess.
   * 1 when the caller chose.
   */
  readonly confidence: number
  readonly matchedKeywords: readonly string[]
  /** Whether the caller decided the workflow, the complexity or both. */
  readonly overridden: boolean
}

/** The default workflow: it plans, builds, reviews and tests, so that it leaves nothing out of an unclear prompt. */
const DEFAULT_WORKFLOW = 'feature-flow'

interface Choice {
  readonly entry: CatalogueEntry
  readonly matched: readonly KeywordMatch[]
  readonly why: string
  readonly confidence: number
}

/**
 * Picks a workflow and a complexity for a prompt. Each keyword counts as many points as it has words, and one more
 * for the keyword that comes first, since a prompt says first what it wants. Most points win, then priority, then
 * the order of the catalogue. Nothing matched: `feature-flow`, or else the first of the catalogue.
 *
 * @throws {WorkflowUnknownError} the override names no entry, or the catalogue is empty (WORKFLOW_UNKNOWN)
 * @throws {ComplexityUnknownError} the override's complexity does not exist (COMPLEXITY_UNKNOWN)
 */
export function routePrompt(
  prompt: string,
  catalogue: readonly CatalogueEntry[],
  override: RoutingOverride = {},
): RoutingResult {
  const indexed = indexPrompt(prompt)
  const { workflow, complexity } = override
  const choice =
    workflow === undefined ? chooseByWords(indexed, catalogue) : chooseByCaller(workflow, indexed, catalogue)
  const estimate = complexity === undefined ? estimateComplexity(indexed, choice.entry.complexity) : asked(complexity)
  return {
    workflow: choice.entry.name,
    workflowPath: choice.entry.path,
    complexity: estimate.complexity,
    reason: `${choice.entry.name}: ${choice.why}; complexity ${estimate.complexity}: ${estimate.reason}`,
    confidence: choice.confidence,
    matchedKeywords: choice.matched.map(({ keyword }) => keyword),
    overridden: workflow !== undefined || complexity !== undefined,
  }
}

function asked(complexity: ComplexityLabel): { complexity: ComplexityLabel; reason: string } {
  if (!['low', 'medium', 'high'].includes(complexity)) throw new ComplexityUnknownError(complexity)
  return { complexity, reason: 'the caller said so' }
}

function chooseByCaller(requested: string, prompt: IndexedPrompt, catalogue: readonly CatalogueEntry[]): Choice {
  const entry = catalogue.find(({ path }) => path === requested) ?? catalogue.find(({ name }) => name === requested)
  if (entry === undefined) throw unknown(requested, catalogue)
  return { entry, matched: matchKeywords(entry.keywords, prompt), why: 'the caller chose it', confidence: 1 }
}

function chooseByWords(prompt: IndexedPrompt, catalogue: readonly CatalogueEntry[]): Choice {
  const matches = catalogue.map((entry) => ({ entry, matched: matchKeywords(entry.keywords, prompt) }))
  const firstPlace = matches
    .flatMap(({ matched }) => matched)
    .reduce((least, { place }) => Math.min(least, place), Infinity)
  const [best, second] = matches
    .map((match) => ({ ...match, points: pointsOf(match.matched, firstPlace) }))
    .toSorted((one, other) => other.points - one.points || other.entry.priority - one.entry.priority)
  if (best === undefined || best.points === 0) return chooseDefault(catalogue)
  const words = best.matched.map(({ keyword }) => `"${keyword}"`).join(', ')
  return { ...best, why: `the prompt says ${words}`, confidence: confidenceOf(best.points, second?.points ?? 0) }
}

function pointsOf(matched: readonly KeywordMatch[], firstPlace: number): number {
  const first = matched.some(({ place }) => place === firstPlace) ? 1 : 0
  return matched.reduce((points, { weight }) => points + weight, first)
}

function confidenceOf(best: number, second: number): number {
  const share = best / (best + second)
  const evidence = best / (best + 1)
  return Math.round(share * evidence * 100) / 100
}

function chooseDefault(catalogue: readonly CatalogueEntry[]): Choice {
  const entry = catalogue.find(({ name }) => name === DEFAULT_WORKFLOW) ?? catalogue[0]
  if (entry === undefined) throw unknown(DEFAULT_WORKFLOW, catalogue)
  const confidence = Math.round(100 / catalogue.length) / 100
  return { entry, matched: [], why: 'no keyword of any workflow matched, so the default', confidence }
}

function unknown(requested: string, catalogue: readonly CatalogueEntry[]): WorkflowUnknownError {
  return new WorkflowUnknownError(
    requested,
    catalogue.map(({ name }) => name),
  )
}
