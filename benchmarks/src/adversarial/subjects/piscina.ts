import { Piscina } from 'piscina'
import { limits, type Subject } from './subject.ts'

export const subject: Subject = {
  lacks:
    'Knows no time limit of its own: an AbortSignal ends the thread, which is not told before. No limit for Buffers.',
  open: () => {
    const pool = new Piscina({
      minThreads: limits.workers,
      maxThreads: limits.workers,
      resourceLimits: { maxOldGenerationSizeMb: limits.heapMb },
      closeTimeout: limits.graceMs,
    })
    // An error of an idle worker is emitted here, and without a listener it is the caller's own.
    pool.on('error', () => {})
    return {
      run: ({ module, export: name, input, timeLimitMs }) =>
        pool.run(input, { filename: module, name, signal: AbortSignal.timeout(timeLimitMs) }),
      close: () => pool.destroy(),
    }
  },
}
