import { fileURLToPath } from 'node:url'
import { Worker } from 'jest-worker'
import { type Call, limits, type Subject } from './subject.ts'

const script = fileURLToPath(new URL('./jest-worker-child.mjs', import.meta.url))

type Farm = Worker & { run(call: unknown): Promise<unknown> }

const openFarm = (): Farm =>
  new Worker(script, {
    enableWorkerThreads: true,
    exposedMethods: ['run'],
    numWorkers: limits.workers,
    maxRetries: 0,
    workerGracefulExitTimeout: limits.graceMs,
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMb },
  }) as Farm

export const subject: Subject = {
  lacks:
    'Any way to end one task: at the time limit its caller ends the whole farm, with all that runs in it, and makes a new one. No limit for Buffers.',
  open: () => {
    let farm = openFarm()
    const replaceFarm = (): void => {
      void farm.end()
      farm = openFarm()
    }
    return {
      run: ({ module, export: name, input, timeLimitMs }: Call) => {
        const timedOut = Promise.withResolvers<never>()
        const timer = setTimeout(() => {
          replaceFarm()
          timedOut.reject(new Error('ended by the time limit of its caller'))
        }, timeLimitMs)
        return Promise.race([farm.run({ module, export: name, input }), timedOut.promise]).finally(() =>
          clearTimeout(timer),
        )
      },
      close: () => farm.end(),
    }
  },
}
