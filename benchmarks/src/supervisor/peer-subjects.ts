import { fileURLToPath } from 'node:url'
import { Worker as JestWorker } from 'jest-worker'
import { Piscina } from 'piscina'
import { FixedThreadPool } from 'poolifier'
import { Tinypool } from 'tinypool'
import workerpool from 'workerpool'
import type { Subject } from './subject.ts'
import type { TimedTask, Timing } from './timed-task.ts'

/* Each with four workers (two, where they are processes), started before the first task, and no limits: as fast as they can be. */

const THREADS = 4
const PROCESSES = 2
const input = { waitMs: 0 }

const script = (file: string): string => fileURLToPath(new URL(`../adversarial/subjects/${file}`, import.meta.url))

export const tinypool = (task: TimedTask, runtime: 'worker_threads' | 'child_process'): Subject => {
  const workers = runtime === 'worker_threads' ? THREADS : PROCESSES
  const pool = new Tinypool({ runtime, minThreads: workers, maxThreads: workers, isolateWorkers: true })
  return {
    name: 'tinypool, isolateWorkers',
    isolates: true,
    queues: true,
    run: () => pool.run(input, { filename: task.path, name: task.export }),
    close: () => pool.destroy(),
  }
}

export const piscina = (task: TimedTask): Subject => {
  const pool = new Piscina({ minThreads: THREADS, maxThreads: THREADS })
  return {
    name: 'piscina',
    isolates: false,
    queues: true,
    run: () => pool.run(input, { filename: task.module, name: task.export }),
    close: () => pool.destroy(),
  }
}

const callOf = (task: TimedTask): object => ({ module: task.module, export: task.export, input })

export const workerpoolSubject = (task: TimedTask): Subject => {
  const options = { workerType: 'thread', minWorkers: THREADS, maxWorkers: THREADS } as const
  const pool = workerpool.pool(script('workerpool-worker.mjs'), options)
  return {
    name: 'workerpool',
    isolates: false,
    queues: true,
    run: async () => (await pool.exec('run', [callOf(task)])) as Timing,
    close: async () => await pool.terminate(true),
  }
}

export const poolifier = (task: TimedTask): Subject => {
  const pool = new FixedThreadPool<object, Timing>(THREADS, script('poolifier-worker.mjs'))
  return {
    name: 'poolifier',
    isolates: false,
    queues: true,
    run: async () => (await pool.execute(callOf(task))) as Timing,
    close: () => pool.destroy(),
  }
}

type Farm = JestWorker & { run(call: object): Promise<Timing> }

const jestFarm = (options: ConstructorParameters<typeof JestWorker>[1]): Farm =>
  new JestWorker(script('jest-worker-child.mjs'), { exposedMethods: ['run'], ...options }) as Farm

export const jestWorker = (task: TimedTask): Subject => {
  const farm = jestFarm({ enableWorkerThreads: true, numWorkers: THREADS })
  return {
    name: 'jest-worker',
    isolates: false,
    queues: true,
    run: () => farm.run(callOf(task)),
    close: () => farm.end(),
  }
}

/** With this limit it starts a process anew after each task. */
export const jestWorkerOnce = (task: TimedTask): Subject => {
  const farm = jestFarm({ numWorkers: PROCESSES, idleMemoryLimit: 0 })
  return {
    name: 'jest-worker, idleMemoryLimit 0',
    isolates: true,
    queues: true,
    run: () => farm.run(callOf(task)),
    close: () => farm.end(),
  }
}
