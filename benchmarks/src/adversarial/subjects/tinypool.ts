import { fileURLToPath } from 'node:url'
import { Tinypool } from 'tinypool'
import { limits, type Subject } from './subject.ts'

export const subject: Subject = {
  lacks:
    'Knows no time limit of its own: an AbortSignal ends the thread, which is not told before. No limit for Buffers. With a terminateTimeout, a thread that cannot be ended is an error nobody can catch, so it has none here.',
  open: () => {
    const pool = new Tinypool({
      minThreads: limits.workers,
      maxThreads: limits.workers,
      isolateWorkers: true,
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
