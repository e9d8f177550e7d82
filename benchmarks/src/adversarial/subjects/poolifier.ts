import { fileURLToPath } from 'node:url'
import { FixedThreadPool } from 'poolifier'
import { limits, type Subject } from './subject.ts'

const script = fileURLToPath(new URL('./poolifier-worker.mjs', import.meta.url))

export const subject: Subject = {
  lacks: 'An end for tasks that do not give way: an AbortSignal is heard by the worker only. No limit for Buffers.',
  open: () => {
    const pool = new FixedThreadPool(limits.workers, script, {
      restartWorkerOnError: true,
      errorHandler: () => {},
      workerOptions: { resourceLimits: { maxOldGenerationSizeMb: limits.heapMb } },
    })
    pool.emitter?.on('error', () => {})
    return {
      run: ({ module, export: name, input, timeLimitMs }) =>
        pool.execute({ module, export: name, input }, undefined, AbortSignal.timeout(timeLimitMs)),
      close: () => pool.destroy(),
    }
  },
}
