import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { makeScratch } from '../common/scratch.ts'
import { openBareRows } from './bare-row.ts'
import type { Subject } from './subject.ts'
import type { TimedTask, Timing } from './timed-task.ts'

/*
 * The floor: nothing that keeps a never-used worker ready and writes each task down can do less. No queue, no limits, no look at
 * what comes in.
 */

/** A never-used worker that has imported the task's module and waits for its input. */
interface Waiting {
  run(input: object): Promise<Timing>
  end(): Promise<unknown>
}

const waitingWorker = new URL('../fixtures/waiting-worker.mjs', import.meta.url)
const waitingFork = fileURLToPath(new URL('../fixtures/waiting-fork.mjs', import.meta.url))

const startWorker = async ({ module, export: name }: TimedTask): Promise<Waiting> => {
  const worker = new Worker(waitingWorker, { workerData: { module, name } })
  await once(worker, 'message')
  return {
    run: (input) => answer(worker, () => worker.postMessage(input)),
    end: () => worker.terminate(),
  }
}

const startFork = async ({ module, export: name }: TimedTask): Promise<Waiting> => {
  const child = fork(waitingFork, { serialization: 'advanced', execArgv: [] })
  child.send({ module, name })
  await once(child, 'message')
  return {
    run: (input) => answer(child, () => void child.send(input)),
    end: () => ended(child),
  }
}

const answer = async (worker: Worker | ChildProcess, ask: () => void): Promise<Timing> => {
  const answered = once(worker, 'message')
  ask()
  return (await answered)[0] as Timing
}

const ended = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

const subject = async (name: string, start: () => Promise<Waiting>, writeDown: () => void): Promise<Subject> => {
  let next = await start()
  return {
    name,
    isolates: true,
    queues: false,
    run: async () => {
      writeDown()
      return await next.run({ waitMs: 0 })
    },
    settled: async () => {
      await next.end()
      next = await start()
    },
    close: () => next.end(),
  }
}

/** The floor without a row, and with one. */
export const waitingSubjects = async (task: TimedTask, tier: 'thread' | 'process'): Promise<readonly Subject[]> => {
  const scratch = await makeScratch()
  const rows = openBareRows(join(scratch.folder, 'rows.db'))
  const name = tier === 'thread' ? 'raw Worker, waiting' : 'raw fork, waiting'
  const start = (): Promise<Waiting> => (tier === 'thread' ? startWorker(task) : startFork(task))
  const withRow = await subject(withBareRow(name), start, () => rows.add())
  const close = async (): Promise<void> => {
    await withRow.close()
    rows.close()
    await scratch[Symbol.asyncDispose]()
  }
  return [await subject(name, start, () => {}), { ...withRow, close }]
}

export const withBareRow = (name: string): string => `${name}, bare row`
