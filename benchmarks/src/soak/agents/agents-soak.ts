import { setTimeout as delay } from 'node:timers/promises'
import {
  type Ledger,
  type ModelServer,
  parseScriptName,
  type ScriptInput,
  startModelServer,
} from '@mayfly/model-server'
import { type RunReport, reportRun } from '@mayfly/orchestrator-entry'
import { createRandom } from '../../planner/random.ts'
import { type Account, openAccount } from './accounts.ts'
import { drawScenarios } from './draw-scenarios.ts'
import { type Endings, judgeEndings } from './endings.ts'
import { Hosts } from './hosts.ts'
import { findProcessesOf, type KeySearch, searchForKeys } from './leftovers.ts'
import { PRICE } from './price.ts'
import { type Ended, Runner } from './runner.ts'
import { modelsOf, type Scenario } from './scenario.ts'
import { ScratchFolder } from './scratch-folder.ts'
import { type CourseFindings, SoakCourse } from './soak-course.ts'

export interface AgentsSoakOptions {
  /** Runs that count. */
  readonly tasks: number
  readonly seed: number
  /** Over which they are spread; 0: as fast as they go. */
  readonly minutes: number
  /** Runs before those. */
  readonly warmUp: number
}

export interface AgentsSoakFindings extends AgentsSoakOptions, Omit<CourseFindings, 'ended'> {
  /** How often each kind of run came. */
  readonly kinds: Readonly<Record<string, number>>
  readonly endings: Endings
  readonly accounts: readonly Account[]
  readonly ledger: Ledger
  readonly kills: Readonly<Record<'SIGKILL' | 'SIGTERM', number>>
  /** Processes that were there when everything had ended. */
  readonly left: readonly string[]
  readonly keys: KeySearch
  /** Where store, logs and folders of the runs are. */
  readonly scratch: string
}

/** Runs agents of all kinds through the queue, in an application and by the command line, and looks at what is left of them. */
export const soakAgents = async (options: AgentsSoakOptions): Promise<AgentsSoakFindings> => {
  const { tasks, seed, minutes, warmUp } = options
  const scratch = new ScratchFolder()
  // Which models there are does not depend on where they are.
  const unserved = draw(scratch, '', seed, { warmUp, tasks })
  await using server = await startScriptedServer([...unserved.first, ...unserved.counted])
  const { first, counted } = draw(scratch, server.url, seed, { warmUp, tasks })
  const hosts = new Hosts(scratch, scratch.environment(server.url))
  const runner = new Runner({ scratch, server, environment: hosts.environment, application: () => hosts.application })
  try {
    const course = new SoakCourse({ scratch, runner, hosts, random: createRandom(seed + 1) })
    const { ended, ...findings } = await course.run(first, counted, minutes)
    await runner.close()
    await hosts.end()
    return { ...options, ...findings, kills: hosts.kills, ...(await conclude(ended, server, scratch, hosts)) }
  } finally {
    await runner.close()
    await hosts.end()
  }
}

const draw = (
  scratch: ScratchFolder,
  url: string,
  seed: number,
  counts: { readonly warmUp: number; readonly tasks: number },
): { first: Scenario[]; counted: Scenario[] } => {
  const stage = scratch.stage(url)
  const take = (from: Iterator<Scenario>, count: number): Scenario[] =>
    Array.from({ length: count }, () => from.next().value as Scenario)
  return {
    first: toWarmUp(take(drawScenarios(stage, seed + 7, 'warm'), counts.warmUp)),
    counted: take(drawScenarios(stage, seed, 'run'), counts.tasks),
  }
}

/** Those that do not count: for the processes that are looked at, at least one for the application. */
const toWarmUp = (scenarios: readonly Scenario[]): Scenario[] => {
  const chosen = scenarios.findIndex(({ steps }) => !steps.some(({ cast }) => cast.needsWorker))
  return scenarios.map((scenario, index) => {
    const place = index === chosen || scenario.place === 'in place' ? 'in place' : 'serve'
    return { ...scenario, place }
  })
}

const startScriptedServer = async (scenarios: readonly Scenario[]): Promise<ModelServer> => {
  const models = Object.entries(Object.assign({}, ...scenarios.map(modelsOf)) as ReturnType<typeof modelsOf>)
  const scripts = models.map(([name, usage]) => [name, { ...parseScriptName(name), usage } as ScriptInput])
  const prices = models.map(([name]) => [name, PRICE])
  const keep = scenarios.length * 50
  return await startModelServer({ scripts: Object.fromEntries(scripts), prices: Object.fromEntries(prices), keep })
}

const conclude = async (ended: readonly Ended[], server: ModelServer, scratch: ScratchFolder, hosts: Hosts) => {
  const ledger = server.ledger()
  const reports = await readReports(ended, scratch, hosts.environment)
  const kinds: Record<string, number> = {}
  for (const { scenario } of ended) kinds[scenario.kind] = (kinds[scenario.kind] ?? 0) + 1
  return {
    kinds,
    endings: judgeEndings(ended, reports),
    accounts: ended.map(({ scenario }, index) => openAccount(scenario, reports[index]?.sessions ?? [], ledger)),
    ledger,
    left: await findLeft(scratch),
    keys: await searchForKeys(scratch),
    scratch: scratch.path,
  }
}

const readReports = async (
  ended: readonly Ended[],
  scratch: ScratchFolder,
  environment: Readonly<Record<string, string>>,
): Promise<RunReport[]> => {
  const surroundings = { cwd: scratch.path, environment, logger: { info: () => {}, warn: () => {} } }
  const reports: RunReport[] = []
  for (const { scenario } of ended) {
    const report = await reportRun(surroundings, scenario.runId)
    if (report === undefined) throw new Error(`Run ${scenario.runId} is gone`)
    reports.push(report)
  }
  return reports
}

/** The guardian of a host that has ended may need a moment. */
const PATIENCE_MS = 5_000

const findLeft = async (scratch: ScratchFolder): Promise<readonly string[]> => {
  const until = performance.now() + PATIENCE_MS
  let left = findProcessesOf(scratch)
  while (left.length > 0 && performance.now() < until) {
    await delay(100)
    left = findProcessesOf(scratch)
  }
  return left
}
