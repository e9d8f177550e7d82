import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { observeEnvironment } from '../common/environment.ts'
import { print, printProgress } from '../common/output.ts'
import { renderSoak, renderSoakTap } from './render.ts'
import { soak } from './soak.ts'
import { judge } from './verdict.ts'

/* `pnpm soak [--tasks N] [--seed N] [--rest SECONDS] [--json] [--write] [--tap <file>]` */

const resultsFolder = new URL('../../results/', import.meta.url)

class UsageError extends Error {}

const parseOptions = (args: string[]) => {
  const { values } = parseArgs({
    args: args.filter((word) => word !== '--'),
    options: {
      tasks: { type: 'string', default: '2000' },
      seed: { type: 'string', default: '1' },
      rest: { type: 'string', default: '30' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      tap: { type: 'string' },
    },
  })
  const number = (name: 'tasks' | 'seed' | 'rest', least: number): number => {
    const value = Number(values[name])
    if (Number.isSafeInteger(value) && value >= least) return value
    throw new UsageError(`--${name}: expected a whole number from ${least} on, got ${JSON.stringify(values[name])}`)
  }
  return { ...values, tasks: number('tasks', 1), seed: number('seed', 0), restMs: number('rest', 0) * 1000 }
}

const main = async (args: string[]): Promise<void> => {
  const { json, write, tap, ...options } = parseOptions(args)
  const observed = await observeEnvironment()
  const findings = await soak(options)
  const checks = judge(findings)
  const report = { environment: observed(), seed: options.seed, restMs: options.restMs, checks, ...findings }
  const text = JSON.stringify(report, null, 2)
  if (write) {
    await writeFile(new URL('soak.json', resultsFolder), `${text}\n`)
    await writeFile(new URL('soak.md', resultsFolder), `${renderSoak(report)}\n`)
  }
  if (tap !== undefined) {
    await mkdir(dirname(tap), { recursive: true })
    await writeFile(tap, renderSoakTap(checks))
  }
  print(json ? text : renderSoak(report))
  if (checks.some(({ ok }) => !ok)) process.exitCode = 1
}

await main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
  if (!isUsage) throw error
  printProgress((error as Error).message)
  process.exitCode = 2
})
