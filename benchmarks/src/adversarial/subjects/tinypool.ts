import { fileURLToPath } from 'node:url'
import { Tinypool } from 'tinypool'
import { limits, type Subject } from './subject.ts'

export const subject: Subject = {
  lacks:
    'Knows no time limit of its own: an AbortSignal ends the thread, which is not told before. No limit for Buffers.',
  open: () => {
    const pool = new Tinypool({
      minThreads: limits.workers,
      maxThreads: limits.workers,
      isolateWorkers: true,
      terminateTimeout: limits.exitTimeoutMs,
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMb },
    })
    pool.on('error', () => {})
    return {
      run: ({ module, export: name, input, timeLimitMs }) =>
        pool.run(input, { filename: fileURLToPath(module), name, signal: AbortSignal.timeout(timeLimitMs) }),
      close: () => pool.destroy(),
    }
  },
}
