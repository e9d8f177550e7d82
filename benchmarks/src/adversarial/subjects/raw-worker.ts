import { Worker } from 'node:worker_threads'
import { type Call, limits, type Subject } from './subject.ts'

const entry = new URL('./raw-worker-entry.mjs', import.meta.url)

/** What anybody would write first. */
const runInWorker = ({ module, export: name, input, timeLimitMs }: Call): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(entry, {
      workerData: { module, export: name, input },
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMb },
    })
    const timer = setTimeout(() => {
      reject(new Error(`Timed out after ${timeLimitMs} ms`))
      void worker.terminate()
    }, timeLimitMs)
    worker.on('message', (message) => {
      if (message.type === 'result') resolve(message.value)
    })
    worker.on('error', reject)
    worker.on('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`Worker stopped with exit code ${code}`))
    })
  })

export const subject: Subject = {
  lacks: 'Everything that is not in the thirty lines of its adapter.',
  open: () => ({ run: runInWorker, close: async () => {} }),
}
