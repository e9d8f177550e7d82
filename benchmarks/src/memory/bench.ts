import { observeEnvironment } from '../common/environment.ts'
import { interleave, type Sample, type Samples } from '../common/interleave.ts'
import { parseOptions } from '../common/options.ts'
import { publish } from '../common/output.ts'
import type { Grid } from '../common/report.ts'
import { makeScratch } from '../common/scratch.ts'
import { summarise } from '../common/summary.ts'
import type { Cell, CellResult } from './cell.ts'
import { repeatedPrompts, singlePrompts } from './prompts.ts'
import { runCell } from './run-cell.ts'

const REPEATED = 10

interface Variant {
  readonly mode: Cell['mode']
  readonly nodeFlags: readonly string[]
}

type VariantName = 'legacy' | 'worker' | 'unpooled'

const variants: Readonly<Record<VariantName, Variant>> = {
  legacy: { mode: 'legacy', nodeFlags: [] },
  worker: { mode: 'worker', nodeFlags: [] },
  // V8 hands the pages of an ended isolate to a pool of the process instead of the system, unless it is told not to.
  unpooled: { mode: 'worker', nodeFlags: ['--no-memory-pool-share-memory-on-teardown'] },
}

const method = `Each cell of a table is a process of its own that runs its prompts through the orchestrator with a module agent; the
figures are medians. The heap is \`used_heap_size\` of the main thread, garbage included, sampled every 5 ms and at the end;
the agent builds its memory 1 MB at a time and gives way after each, or nobody could sample in legacy mode. A worker is a
thread, so its memory is part of the process's resident memory while it runs, and of no heap but its own. "Left" is what a
full collection leaves.`

type Measured = Readonly<Record<string, Samples<keyof CellResult>>>

/** What a task's memory does to the process that supervises it. \`--samples N\` (3) processes for each cell. */
export const run = async (args: string[]): Promise<void> => {
  const { samples, json } = parseOptions(args, 3)
  const observed = await observeEnvironment()
  await using scratch = await makeScratch()
  const single = await measure(singlePrompts, 1, samples, scratch.folder)
  const repeated = await measure(repeatedPrompts, REPEATED, samples, scratch.folder)
  const sections = [peakTable(single), residentTable(single), leftTable(repeated)]
  const title = 'The heap of the supervising process, legacy and worker'
  await publish({ name: 'memory', title, environment: observed(), method, sections }, json)
}

const measure = (prompts: readonly string[], times: number, rounds: number, scratch: string): Promise<Measured> => {
  const cells = prompts.flatMap((prompt) =>
    (Object.keys(variants) as VariantName[]).map(
      (variant) => [keyOf(variant, prompt), () => sample(variants[variant], prompt, times, scratch)] as const,
    ),
  )
  return interleave(Object.fromEntries(cells), { rounds, warmUp: 0, name: `memory, ${times} at a time` })
}

const keyOf = (variant: VariantName, prompt: string): string => `${variant} ${prompt}`

const sample = async (
  { mode, nodeFlags }: Variant,
  prompt: string,
  times: number,
  scratch: string,
): Promise<Sample<keyof CellResult>> => {
  const { workerPeakHeap, ...figures } = await runCell({ mode, prompt, times }, nodeFlags, scratch)
  return workerPeakHeap === null ? figures : { ...figures, workerPeakHeap }
}

type Column = readonly [variant: VariantName, quantity: keyof CellResult]

const peakTable = (measured: Measured): Grid => ({
  ...grid(measured, singlePrompts, {
    'legacy, peak heap': ['legacy', 'peakHeap'],
    'worker, peak heap of the supervising process': ['worker', 'peakHeap'],
    "the worker's own peak heap": ['worker', 'workerPeakHeap'],
  }),
  title: 'Peak heap, one prompt',
})

const residentTable = (measured: Measured): Grid => ({
  ...grid(measured, singlePrompts, {
    'legacy, peak': ['legacy', 'peakResident'],
    'worker, peak': ['worker', 'peakResident'],
    'legacy, after it': ['legacy', 'residentAfter'],
    'worker, after it': ['worker', 'residentAfter'],
    'worker, after it, with the flag': ['unpooled', 'residentAfter'],
  }),
  title: 'Resident memory of the whole process, one prompt',
  note: `V8 keeps freed pages for the process's next worker. The flag is ${variants.unpooled.nodeFlags.join(' ')}: they go back to the system when the worker ends.`,
})

const leftTable = (measured: Measured): Grid => ({
  ...grid(measured, repeatedPrompts, {
    'before the first, legacy': ['legacy', 'heapBefore'],
    'left after the last, legacy': ['legacy', 'heapAfter'],
    'before the first, worker': ['worker', 'heapBefore'],
    'left after the last, worker': ['worker', 'heapAfter'],
    'resident after, legacy': ['legacy', 'residentAfter'],
    'resident after, worker': ['worker', 'residentAfter'],
    'resident after, worker with the flag': ['unpooled', 'residentAfter'],
  }),
  title: `Heap after ${REPEATED} such prompts in one process`,
  note: 'What an agent keeps by mistake stays in the process that it ran in; a worker takes it along.',
})

const grid = (measured: Measured, prompts: readonly string[], columns: Readonly<Record<string, Column>>) =>
  ({
    kind: 'grid',
    unit: 'MB',
    corner: 'prompt',
    note: '',
    rows: prompts.map((prompt) => ({
      name: prompt,
      cells: Object.fromEntries(
        Object.entries(columns).map(([column, [variant, quantity]]) => {
          const taken = measured[keyOf(variant, prompt)]?.[quantity]
          return [column, taken === undefined ? null : summarise(taken)]
        }),
      ),
    })),
  }) as const
