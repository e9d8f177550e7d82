import { printProgress } from './common/output.ts'

/* `pnpm bench <name> [options]`. Each benchmark is imported when it is asked for, so none pays for another. */

type Run = (args: string[]) => Promise<void>

const benchmarks: Readonly<Record<string, () => Promise<{ readonly run: Run }>>> = {
  agents: () => import('./agents/bench.ts'),
  supervisor: () => import('./supervisor/bench.ts'),
  channel: () => import('./channel/bench.ts'),
  classifier: () => import('./classifier/bench.ts'),
  cli: () => import('./cli/bench.ts'),
  memory: () => import('./memory/bench.ts'),
  planner: () => import('./planner/bench.ts'),
  queue: () => import('./queue/bench.ts'),
  scheduler: () => import('./scheduler/bench.ts'),
  store: () => import('./store/bench.ts'),
  workflows: () => import('./workflows/bench.ts'),
}

const usage = `Usage: pnpm bench <${Object.keys(benchmarks).join('|')}|all> [--samples N] [--json]`

const main = async (name: string | undefined, args: string[]): Promise<void> => {
  if (name === 'all') return await runAll()
  const load = name !== undefined && Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined
  if (load === undefined) return refuse()
  const { run } = await load()
  await run(args)
}

/** One after the other, each with its own defaults: they want the machine for themselves. */
const runAll = async (): Promise<void> => {
  for (const [name, load] of Object.entries(benchmarks)) {
    printProgress(`${name} begins`)
    const { run } = await load()
    await run([])
  }
}

const refuse = (): void => {
  printProgress(usage)
  process.exitCode = 2
}

const [name, ...args] = process.argv.slice(2)
await main(name, args)
