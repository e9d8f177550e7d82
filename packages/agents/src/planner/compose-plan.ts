import { posix } from 'node:path'
import type { AgentRequest } from '../agent.ts'
import type { Plan, PlanFile, PlanPrompt, PlanStatistics, PlanTimings } from '../plan.ts'
import { estimateComplexity } from './complexity.ts'
import type { Findings } from './findings.ts'
import type { RankedFile, Ranking } from './ranking.ts'
import { explain } from './reasons.ts'
import { findRisks } from './risks.ts'
import { byCodeUnits } from './skip-tally.ts'
import { proposeSteps } from './steps.ts'

/** Everything that a plan is composed from. */
export interface PlanParts {
  readonly request: Pick<AgentRequest, 'runId' | 'prompt' | 'complexity'>
  readonly findings: Findings
  readonly ranking: Ranking
  readonly commands: readonly string[]
  readonly statistics: PlanStatistics
  readonly timings: PlanTimings
}

const promptShown = 2_000
const wordsShown = 40

/** Composes the plan: pure, and the same for the same parts. */
export function composePlan(parts: PlanParts): Plan {
  const { request, findings, ranking, statistics, timings } = parts
  const { basis } = ranking
  const files = ranking.files.map((ranked, index) => planFile(ranked, index, findings, ranking.relevant))
  const complexity = estimateComplexity({ prompt: request.prompt, basis, files, routed: request.complexity })
  return {
    version: 1,
    runId: request.runId,
    prompt: describePrompt(request.prompt, findings),
    basis,
    summary: summarise(basis, files, complexity.label),
    files,
    steps: proposeSteps({
      prompt: request.prompt,
      basis,
      files,
      importers: importersOf(ranking, findings),
      commands: parts.commands,
      testExamples: findings.facts.flatMap((file) => (file?.kind === 'test' ? [file.path] : [])),
      hasChangesets: findings.facts.some((file) => file?.path.startsWith('.changeset/') ?? false),
    }),
    risks: findRisks({ basis, files, statistics, promptTruncated: findings.query.truncated }),
    complexity,
    statistics,
    timings,
  }
}

function planFile(ranked: RankedFile, index: number, findings: Findings, relevant: number): PlanFile {
  const { facts, links, history } = findings
  const file = facts[ranked.file]
  const reasons = explain(ranked, findings)
  return {
    rank: index + 1,
    path: file?.path ?? '',
    kind: file?.kind ?? 'data',
    score: Math.round(ranked.score * 1_000) / 1_000,
    relevant: index < relevant,
    reasons:
      reasons.length > 0
        ? [...reasons]
        : [{ kind: 'structure', text: 'It stands in the folder.', words: [], files: [] }],
    symbols: [...(file?.symbols ?? [])],
    tests: pathsOf(links.testsOf(ranked.file), findings),
    importers: links.importersOf(ranked.file).length,
    changes: history.changesOf(ranked.file),
  }
}

function describePrompt(prompt: string, { query }: Findings): PlanPrompt {
  const words = query.terms.toSorted((one, other) => other.weight - one.weight).map(({ word }) => word)
  return {
    // A cut through a pair of surrogates would leave half a character, which UTF-8 cannot carry.
    text: Buffer.from(prompt.slice(0, promptShown)).toString(),
    characters: prompt.length,
    truncated: query.truncated,
    words: words.slice(0, wordsShown),
  }
}

function summarise(basis: Plan['basis'], files: readonly PlanFile[], label: string): string {
  const relevant = files.filter((file) => file.relevant)
  const [first, ...others] = relevant
  if (first === undefined) return 'There is no file to plan for in this folder.'
  if (basis === 'structure')
    return `None of the words of the prompt was found in this folder; begin with ${first.path}.`
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  const folders = new Set(relevant.map(({ path }) => posix.dirname(path))).size
  return `${first.path}${more} in ${folders} folder${folders === 1 ? '' : 's'} have to do with the prompt; complexity ${label}.`
}

function importersOf(ranking: Ranking, findings: Findings): ReadonlyMap<string, readonly string[]> {
  return new Map(
    ranking.files.map(({ file }) => [
      findings.facts[file]?.path ?? '',
      pathsOf(findings.links.importersOf(file), findings),
    ]),
  )
}

function pathsOf(files: readonly number[], { facts }: Findings): string[] {
  return files.flatMap((file) => facts[file]?.path ?? []).sort(byCodeUnits)
}
