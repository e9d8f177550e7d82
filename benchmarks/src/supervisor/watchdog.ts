import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { AgentSupervisor } from '@mayfly/supervisor'
import { compare } from '../common/compare.ts'
import { interleave } from '../common/interleave.ts'
import type { Section } from '../common/report.ts'

const BUSY = 4
const WATCHED_MS = 5000

const spinner = new URL('../fixtures/spin-task.mjs', import.meta.url)

/**
 * What it costs to look after four workers that never rest: CPU of the supervisor's own thread, which does nothing else meanwhile,
 * and how much less the workers get done.
 */
export const measureWatchdog = async (rounds: number): Promise<Section[]> => {
  const samples = await interleave(
    { 'raw Workers': watchRaw, 'supervised workers': watchSupervised },
    { rounds, warmUp: 0, name: 'supervisor, watchdog' },
  )
  const note = `${BUSY} workers spin for ${WATCHED_MS / 1000} s.`
  return [
    compare(samples, 'percentOfCore', {
      title: "CPU of the supervisor's thread while its workers are busy",
      unit: '% of one core',
      baseline: null,
      note,
    }),
    compare(samples, 'turns', {
      title: 'What the busy workers get done',
      unit: 'million turns of a loop per second, all together; higher is better',
      baseline: 'raw Workers',
      note,
    }),
  ]
}

type Quantities = Record<'percentOfCore' | 'turns', number>

const watchRaw = async (): Promise<Quantities> => {
  const counters = createCounters()
  const workers = counters.map((counter) => new Worker(spinner, { workerData: counter }))
  await Promise.all(workers.map((worker) => once(worker, 'online')))
  const found = await watch(counters)
  await Promise.all(workers.map((worker) => worker.terminate()))
  return found
}

const watchSupervised = async (): Promise<Quantities> => {
  await using supervisor = new AgentSupervisor({ maxWorkers: BUSY })
  const counters = createCounters()
  const handler = { module: spinner.href, export: 'spin' }
  const sessions = await Promise.all(counters.map((input) => supervisor.spawnWorker({ handler, input })))
  const found = await watch(counters)
  await Promise.all(sessions.map((sessionId) => supervisor.terminateWorker(sessionId)))
  return found
}

const createCounters = (): BigInt64Array[] =>
  Array.from({ length: BUSY }, () => new BigInt64Array(new SharedArrayBuffer(8)))

const total = (counters: readonly BigInt64Array[]): number =>
  counters.reduce((sum, counter) => sum + Number(Atomics.load(counter, 0)), 0)

const watch = async (counters: readonly BigInt64Array[]): Promise<Quantities> => {
  await delay(500)
  const turns = total(counters)
  const { user, system } = process.threadCpuUsage()
  await delay(WATCHED_MS)
  const used = process.threadCpuUsage()
  const cpuMs = (used.user - user + used.system - system) / 1000
  return {
    percentOfCore: (cpuMs / WATCHED_MS) * 100,
    turns: (total(counters) - turns) / 1e6 / (WATCHED_MS / 1000),
  }
}
