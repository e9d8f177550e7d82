import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createOrchestrator, type Orchestrator } from '@mayfly/orchestrator-entry'
import type { Cell, CellResult } from './cell.ts'
import { HeapSampler, liveHeap, MB } from './heap-sampler.ts'

/* One cell in a process of its own: nothing that another cell did is in its heap. It gets its cell by message. */

const agent = fileURLToPath(new URL('../fixtures/hungry-agent.mjs', import.meta.url))

/** V8 gives pages back to the system some time after a collection, and a thread that has ended takes a moment to go. */
const SETTLE_MS = 1000

const measure = async ({ mode, prompt, times, folder }: Cell): Promise<CellResult> => {
  const environment = { ...process.env, USE_WORKERS: 'true' }
  await using orchestrator = createOrchestrator({ cwd: folder, environment, agent, mode })
  const heapBefore = liveHeap()
  using sampler = new HeapSampler()
  const workerPeaks: (number | null)[] = []
  for (let done = 0; done < times; done++) workerPeaks.push(await peakOfWorker(orchestrator, prompt))
  const peakHeap = sampler.peak
  await orchestrator.cleanup()
  const heapAfter = liveHeap()
  await sleep(SETTLE_MS)
  return {
    peakHeap,
    workerPeakHeap: mode === 'worker' ? Math.max(...workerPeaks.map((peak) => peak ?? 0)) : null,
    peakResident: process.resourceUsage().maxRSS / 1024,
    heapBefore,
    heapAfter,
    residentAfter: process.memoryUsage.rss() / MB,
  }
}

const peakOfWorker = async (orchestrator: Orchestrator, prompt: string): Promise<number | null> => {
  const { outcome } = await orchestrator.processUserPrompt(prompt)
  return outcome?.peakHeapMb ?? null
}

process.once('message', (cell: Cell) => {
  measure(cell).then(
    (result) => process.send?.(result, () => process.disconnect?.()),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exitCode = 1
      process.disconnect?.()
    },
  )
})
