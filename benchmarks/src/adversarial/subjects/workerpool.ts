import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'
import { limits, type Subject } from './subject.ts'

const script = fileURLToPath(new URL('./workerpool-worker.mjs', import.meta.url))

export const subject: Subject = {
  lacks: 'A limit for Buffers; an error keeps its name and code only.',
  open: () => {
    const pool = workerpool.pool(script, {
      workerType: 'thread',
      minWorkers: limits.workers,
      maxWorkers: limits.workers,
      workerThreadOpts: { resourceLimits: { maxOldGenerationSizeMb: limits.heapMb } },
    })
    return {
      run: async ({ module, export: name, input, timeLimitMs }) =>
        await pool.exec('run', [{ module, export: name, input }], { on: () => {} }).timeout(timeLimitMs),
      close: async () => await pool.terminate(true),
    }
  },
}
