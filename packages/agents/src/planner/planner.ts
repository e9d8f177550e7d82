import type { Agent, AgentContext, AgentRequest, AgentResult } from '../agent.ts'
import { type AgentReport, emptyReport } from '../agent-report.ts'
import type { JsonValue } from '../json-value.ts'
import type { Plan, PlanStatistics } from '../plan.ts'
import { planSchema } from '../plan-schema.ts'
import { composePlan } from './compose-plan.ts'
import { type History, readHistory } from './history.ts'
import { scoreHistory } from './history-scores.ts'
import { createImportResolver } from './import-resolver.ts'
import { type Inventory, takeInventory } from './inventory.ts'
import { defaultLimits, type PlannerLimits } from './limits.ts'
import { createLinks } from './links.ts'
import { readManifests } from './manifest.ts'
import { createPathTable } from './path-table.ts'
import { findChecks } from './project-checks.ts'
import { createPulse } from './pulse.ts'
import { createQuery } from './query.ts'
import { rankFiles } from './ranking.ts'
import { type Reading, readFiles } from './reading.ts'
import { renderPlan } from './render.ts'
import { Stopwatch } from './stopwatch.ts'

/** Plans for the folder of a request, offline, and writes the plan as two artifacts. */
export const planner: Agent = {
  name: 'planner',
  run: async (request, context) => {
    const plan = planSchema.parse(await makePlan(request, context))
    const artifacts = [
      await context.artifact(`plan-${request.runId}.json`, `${JSON.stringify(plan, null, 2)}\n`),
      await context.artifact(`plan-${request.runId}.md`, renderPlan(plan)),
    ]
    return toResult(
      plan,
      artifacts.map(({ name }) => name),
    )
  },
}

/**
 * Makes a plan without writing anything. Nothing outside the folder is read but the ignore rules and the history of the git
 * repository that it is in.
 *
 * @throws AgentFolderError when the folder is missing; the abort reason when the context's signal is aborted.
 */
export async function makePlan(
  request: Pick<AgentRequest, 'runId' | 'prompt' | 'cwd' | 'complexity'>,
  context: AgentContext,
  limits: PlannerLimits = defaultLimits,
): Promise<Plan> {
  const stopwatch = new Stopwatch()
  const pulse = createPulse(context)
  const query = createQuery(request.prompt, limits)
  const inventory = await stopwatch.time('inventoryMs', takeInventory(request.cwd, limits, context, pulse))
  const table = createPathTable(inventory.paths)
  const manifests = await readManifests(inventory.root, inventory.paths, context.signal)
  const resolver = createImportResolver(table, manifests)
  const reading = await stopwatch.time('readingMs', readFiles({ inventory, query, resolver, limits, context, pulse }))
  const history = await stopwatch.time(
    'historyMs',
    historyOf(inventory, () => readHistory(inventory.root, table, limits, context)),
  )
  context.signal.throwIfAborted()
  stopwatch.start('rankingMs')
  const links = createLinks(table, reading.facts)
  const findings = { facts: reading.facts, links, history: scoreHistory(history, query), manifests, query }
  const ranking = rankFiles(findings, limits.rankedFiles)
  const relevant = ranking.files.slice(0, ranking.relevant).flatMap(({ file }) => inventory.paths[file] ?? [])
  const roots = [inventory.root, ...(inventory.gitRoot === undefined ? [] : [inventory.gitRoot])]
  const { commands } = await findChecks(roots, inventory.paths, manifests, relevant)
  const statistics = describe(inventory, reading, history)
  return composePlan({ request, findings, ranking, commands, statistics, timings: stopwatch.timings() })
}

function historyOf(inventory: Inventory, read: () => Promise<History>): Promise<History> {
  if (inventory.gitRoot !== undefined) return read()
  return Promise.resolve({ kind: 'unknown', reason: 'The folder is not in a git repository.' })
}

function describe(inventory: Inventory, reading: Reading, history: History): PlanStatistics {
  const skipped = inventory.skipped.toRecord()
  const skips = Object.values(skipped).reduce((sum, { count }) => sum + count, 0)
  return {
    seen: skips + reading.read + reading.pathOnly,
    read: reading.read,
    bytes: reading.bytes,
    truncated: reading.truncated,
    pathOnly: reading.pathOnly,
    skipped,
    commits: history.kind === 'known' ? history.commits.length : null,
    historyNote: noteOn(history),
  }
}

function noteOn(history: History): string | null {
  if (history.kind === 'unknown') return history.reason
  return history.complete ? null : 'Reading it took too long; the newest part was used.'
}

const filesInResult = 10

/** It asks no model: nothing was used, which is not the same as not known. */
const nothingUsed: AgentReport = { ...emptyReport, inputTokens: 0, cachedTokens: 0, outputTokens: 0, costUsd: 0 }

function toResult({ summary, basis, files, complexity }: Plan, artifacts: readonly string[]): AgentResult {
  const output: JsonValue = {
    basis,
    files: files.slice(0, filesInResult).map(({ path, score }) => ({ path, score })),
    complexity: { score: complexity.score, label: complexity.label },
    artifacts: [...artifacts],
  }
  return { summary, output, report: nothingUsed }
}
