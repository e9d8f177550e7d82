import { mkdtempSync, writeFileSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Outcome } from '@mayfly/supervisor'
import { now } from '../common/clock.ts'
import { taskNamed } from './catalogue/index.ts'
import type { Answer, CellReport, LeftInside, NextTask } from './cell.ts'
import { describeError, describeValue } from './describe.ts'
import { findProcesses } from './process-table.ts'
import { loadSubject } from './subjects/index.ts'
import { limits, type Pool } from './subjects/subject.ts'
import { added, fdKinds, findFreePort, isListening, threadNames } from './surroundings.ts'
import type { AdversarialTask } from './task.ts'

/*
 * One cell, in a process of its own: `driver.ts <subject> <task> <id>`, in an empty folder. It says on file descriptor 3
 * what it has found after each stage, so that this is known when the task takes it down.
 */

const LOST_AFTER_MS = 5000
const NEXT_LIMIT_MS = 3000
const SETTLE_MS = 1000
/** Longer than the two seconds that some pools wait for running tasks. */
const CLOSE_LIMIT_MS = 3000
const LEAST_STABLE_MS = 40

const report = (found: CellReport): void => {
  writeSync(3, `${JSON.stringify(found)}\n`)
}

const main = async (subjectName: string, taskName: string, id: string): Promise<void> => {
  report({ stage: 'born' })
  const task = taskNamed(taskName)
  const pool = await openPool(subjectName)
  if (pool === undefined) return
  const port = await findFreePort()
  await startThreadPool()
  const before = await settled()
  await meet(pool, task, { id, port, folder: process.cwd(), pid: process.pid })
  report({ stage: 'continued', next: await runNext(pool) })
  report({ stage: 'looked', left: await lookAround(before, port, id) })
  report({ stage: 'closed', closedInMs: await close(pool) })
}

const openPool = async (subjectName: string): Promise<Pool | undefined> => {
  try {
    const subject = await loadSubject(subjectName)
    const pool = subject.open()
    report({ stage: 'opened' })
    const { isFine, text } = await runNext(pool)
    if (!isFine) throw new Error(`a harmless task failed: ${text}`)
    report({ stage: 'warmed' })
    return pool
  } catch (error) {
    const { name, text } = describeError(error)
    report({ stage: 'opened', startError: `${name ?? ''} ${text}`.trim() })
    return undefined
  }
}

/** Its threads belong to the process and stay: they are not to be taken for something that a task has left. */
const startThreadPool = async (): Promise<void> => {
  await Promise.all(Array.from({ length: 4 }, () => readFile('/dev/null')))
}

interface Inventory {
  readonly threads: readonly string[]
  readonly fds: readonly string[]
}

const takeInventory = (): Inventory => ({ threads: threadNames(), fds: fdKinds() })

/** The pool has come to rest when two looks, a while apart, show the same. */
const settled = async (): Promise<Inventory> => {
  let last = takeInventory()
  for (const until = now() + SETTLE_MS; now() < until; ) {
    await sleep(LEAST_STABLE_MS)
    const next = takeInventory()
    if (next.threads.length === last.threads.length && next.fds.length === last.fds.length) return next
    last = next
  }
  return last
}

const meet = async (pool: Pool, task: AdversarialTask, input: unknown): Promise<void> => {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  report({ stage: 'submitted' })
  const answer = await ask(pool, task, input)
  // A stall is known only when the loop has turned once more.
  await sleep(20)
  delay.disable()
  report({ stage: 'settled', answer, longestStallMs: Math.round(delay.max / 1e6) })
}

const ask = async (pool: Pool, task: AdversarialTask, input: unknown): Promise<Answer> => {
  const { timeLimitMs } = task
  const outcome = Promise.withResolvers<Outcome>()
  const call = { module: moduleOf(task), export: task.export, input, timeLimitMs, onOutcome: outcome.resolve }
  const startedAt = now()
  const after = (): number => Math.round(now() - startedAt)
  const answer: Promise<Omit<Answer, 'afterMs'>> = pool.run(call).then(
    (value) => ({ kind: 'value', text: describeValue(value) }),
    (error) => ({ kind: 'error', ...describeError(error) }),
  )
  const lost = sleep(timeLimitMs + limits.graceMs + LOST_AFTER_MS, { kind: 'lost', text: 'never settled' } as const)
  const seen: Answer = { ...(await Promise.race([answer, lost])), afterMs: after() }
  const known = await Promise.race([outcome.promise, sleep(50, undefined)])
  return known === undefined ? seen : { ...seen, outcome: essence(known) }
}

const essence = ({ status, cause, phase, wedged, exitCode, signal }: Outcome): Required<Answer>['outcome'] => ({
  status,
  cause,
  phase,
  wedged,
  exitCode,
  signal,
})

const moduleOf = ({ module }: AdversarialTask): string => {
  if (typeof module === 'string') return new URL(`./tasks/${module}`, import.meta.url).href
  const path = join(mkdtempSync(join(process.cwd(), 'module-')), 'task.mjs')
  if (module.source !== '') writeFileSync(path, module.source)
  return pathToFileURL(path).href
}

const harmless = new URL('./tasks/harmless.mjs', import.meta.url).href

const runNext = async (pool: Pool): Promise<NextTask> => {
  const startedAt = now()
  const call = { module: harmless, export: 'add', input: [1, 2], timeLimitMs: NEXT_LIMIT_MS }
  const answer = await Promise.race([
    pool.run(call).then(describeValue, (error: unknown) => `failed: ${describeError(error).text}`),
    sleep(NEXT_LIMIT_MS + limits.graceMs, 'never settled'),
  ])
  return { isFine: answer === '3', text: answer, afterMs: Math.round(now() - startedAt) }
}

const lookAround = async (before: Inventory, port: number, id: string): Promise<LeftInside> => {
  let found = await look(before, port, id)
  for (const until = now() + SETTLE_MS; isAnythingLeft(found) && now() < until; ) {
    await sleep(25)
    found = await look(before, port, id)
  }
  return found
}

const look = async (before: Inventory, port: number, id: string): Promise<LeftInside> => {
  const { threads, fds } = takeInventory()
  return {
    threads: threads.length > before.threads.length ? added(before.threads, threads) : [],
    fds: fds.length > before.fds.length ? added(before.fds, fds) : [],
    port: await isListening(port),
    processes: findProcesses({ id }).filter(({ pid }) => pid !== process.pid).length,
  }
}

const isAnythingLeft = ({ threads, fds, port, processes }: LeftInside): boolean =>
  threads.length > 0 || fds.length > 0 || port || processes > 0

const close = async (pool: Pool): Promise<number | null> => {
  const startedAt = now()
  const closed = pool.close().then(
    () => Math.round(now() - startedAt),
    () => Math.round(now() - startedAt),
  )
  return await Promise.race([closed, sleep(CLOSE_LIMIT_MS, null)])
}

// For this process only: what a pool hands on to its workers is as usual.
Reflect.deleteProperty(process.env, 'NODE_COMPILE_CACHE')
const [subjectName = '', taskName = '', id = ''] = process.argv.slice(2)
await main(subjectName, taskName, id)
report({ stage: 'leaving' })
process.exit(0)
