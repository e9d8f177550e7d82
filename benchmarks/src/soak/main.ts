import { rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { observeEnvironment } from '../common/environment.ts'
import { print, printProgress } from '../common/output.ts'
import { type AgentsSoakOptions, soakAgents } from './agents/agents-soak.ts'
import { renderAgentsSoak } from './agents/render.ts'
import { judgeAgents, LEAST_RUNS_FOR_SLOPE } from './agents/verdict.ts'
import { renderSoak, renderSoakTap } from './render.ts'
import { type SoakOptions, soak } from './soak.ts'
import { type Check, judge } from './verdict.ts'

/*
 * `pnpm soak [--tasks N] [--seed N] [--rest SECONDS] [--json] [--write] [--tap <file>]`
 * `pnpm soak --agents [--tasks N] [--minutes N] [--warm-up N] [--seed N] [--json] [--write] [--tap <file>]`
 */

const resultsFolder = new URL('../../results/', import.meta.url)

class UsageError extends Error {}

const parseOptions = (args: string[]) => {
  const { values } = parseArgs({
    args: args.filter((word) => word !== '--'),
    options: {
      agents: { type: 'boolean', default: false },
      tasks: { type: 'string' },
      minutes: { type: 'string', default: '0' },
      'warm-up': { type: 'string' },
      seed: { type: 'string', default: '1' },
      rest: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      tap: { type: 'string' },
    },
  })
  const tasks = values.tasks ?? (values.agents ? '200' : '2000')
  const given = { ...values, tasks, 'warm-up': values['warm-up'] ?? String(usualWarmUp(Number(tasks))) }
  const number = (name: 'tasks' | 'seed' | 'rest' | 'minutes' | 'warm-up', least: number): number => {
    const value = Number(given[name])
    if (Number.isSafeInteger(value) && value >= least) return value
    throw new UsageError(`--${name}: expected a whole number from ${least} on, got ${JSON.stringify(given[name])}`)
  }
  const counts = { tasks: number('tasks', 1), seed: number('seed', 0), minutes: number('minutes', 0) }
  return { ...values, ...counts, warmUp: number('warm-up', 1), restMs: number('rest', 0) * 1000 }
}

/** A supervisor remembers its last 1,000 ends, which are those of about 600 runs: only then can its heap be flat. */
const usualWarmUp = (tasks: number): number => (tasks < LEAST_RUNS_FOR_SLOPE ? Math.ceil(tasks / 3) : 700)

interface Outcome {
  readonly name: string
  readonly report: object
  readonly checks: readonly Check[]
  readonly text: string
}

const soakTasks = async ({ tasks, seed, restMs }: SoakOptions): Promise<Outcome> => {
  const observed = await observeEnvironment()
  const findings = await soak({ tasks, seed, restMs })
  const checks = judge(findings)
  const report = { environment: observed(), seed, restMs, checks, ...findings }
  return { name: 'soak', report, checks, text: renderSoak(report) }
}

const soakWithAgents = async ({ tasks, seed, minutes, warmUp }: AgentsSoakOptions): Promise<Outcome> => {
  const observed = await observeEnvironment()
  const findings = await soakAgents({ tasks, seed, minutes, warmUp })
  const checks = judgeAgents(findings)
  const report = { environment: observed(), checks, ...findings }
  if (checks.some(({ ok }) => !ok)) printProgress(`Store, logs and folders: ${findings.scratch}`)
  else rmSync(findings.scratch, { recursive: true })
  return { name: 'agents-soak', report, checks, text: renderAgentsSoak(report) }
}

const main = async (args: string[]): Promise<void> => {
  const { json, write, tap, agents, ...options } = parseOptions(args)
  const { name, report, checks, text } = await (agents ? soakWithAgents(options) : soakTasks(options))
  const document = JSON.stringify(report, null, 2)
  if (write) {
    await writeFile(new URL(`${name}.json`, resultsFolder), `${document}\n`)
    await writeFile(new URL(`${name}.md`, resultsFolder), `${text}\n`)
  }
  if (tap !== undefined) {
    await mkdir(dirname(tap), { recursive: true })
    await writeFile(tap, renderSoakTap(checks))
  }
  print(json ? document : text)
  if (checks.some(({ ok }) => !ok)) process.exitCode = 1
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
  if (!isUsage) throw error
  printProgress((error as Error).message)
  process.exitCode = 2
})
