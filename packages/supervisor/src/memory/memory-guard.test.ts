import { expect, test } from 'vitest'
import type { MemorySample } from '../tiers/transport.ts'
import type { GuardedWorker } from './guarded-worker.ts'
import { MemoryGuard } from './memory-guard.ts'

/** A worker whose readings the test makes up. */
class ReadWorker implements GuardedWorker {
  readonly workerThreadId = null
  readonly workerPid = undefined
  readonly limits = { heapLimitMb: 1, externalLimitMb: 1 }
  rssMb = 100
  #next: ((sample: MemorySample) => void) | undefined

  async sample(): Promise<MemorySample> {
    return { heapMb: null, externalMb: null, heldMb: null, rssMb: this.rssMb, cpuMs: null, heapSizeLimitMb: null }
  }

  observe(sample: MemorySample): void {
    this.#next?.(sample)
  }

  exceed(): void {}

  /** What the guard says next. */
  observed(): Promise<MemorySample> {
    return new Promise((resolve) => {
      this.#next = resolve
    })
  }
}

test('what is resident while a worker makes a heap snapshot of itself is not held against it', async () => {
  const guard = new MemoryGuard()
  const worker = new ReadWorker()
  guard.watch(worker)
  expect(await worker.observed()).toMatchObject({ rssMb: 100 })
  const endExcuse = guard.excuse(worker)
  worker.rssMb = 10_000
  // One reading may have been on its way.
  await worker.observed()
  expect(await worker.observed()).toMatchObject({ rssMb: null })
  worker.rssMb = 120
  endExcuse()
  await worker.observed()
  expect(await worker.observed()).toMatchObject({ rssMb: 120 })
  guard.unwatch(worker)
})
