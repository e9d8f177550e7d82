import type { SoakFindings } from './soak.ts'

export interface Check {
  readonly title: string
  readonly ok: boolean
  readonly found: string
}

/** Below it the heap is flat: a thousandth of what one task makes. Noise of a short run is 100 to 1,000 bytes. */
const FLAT_BELOW_BYTES = 512
/** Slopes of fewer tasks say nothing: the first 1,000 ends are remembered. */
const LEAST_TASKS_FOR_SLOPE = 1000
const RSS_TOLERANCE = 0.2

/** What has to be true after the last task has ended and all has rested. */
export const judge = ({ before, after, surprises, heapBytesPerTask, zombies, tasks }: SoakFindings): Check[] => [
  check('every task ended as it had to', surprises.length === 0, surprises.slice(0, 5).join('; ') || 'all'),
  check(
    'the heap of the supervising process is flat',
    tasks < LEAST_TASKS_FOR_SLOPE || heapBytesPerTask < FLAT_BELOW_BYTES,
    `${heapBytesPerTask} bytes a task`,
  ),
  check('threads are as before', after.threads <= before.threads, `${before.threads}, then ${after.threads}`),
  check(
    'file descriptors are as before',
    after.fileDescriptors <= before.fileDescriptors,
    `${before.fileDescriptors}, then ${after.fileDescriptors}`,
  ),
  check(
    'child processes are as before',
    after.children <= before.children,
    `${before.children}, then ${after.children}`,
  ),
  check(
    'handles are as before',
    sameHandles(before.handles, after.handles),
    `${show(before.handles)}, then ${show(after.handles)}`,
  ),
  check(
    'resident memory is within 20 % of the start',
    after.rssMb <= before.rssMb * (1 + RSS_TOLERANCE),
    `${before.rssMb} MB, then ${after.rssMb} MB`,
  ),
  check('dead children are few', zombies <= tasks, `${zombies} that nobody could ask for their exit code`),
]

export const check = (title: string, ok: boolean, found: string): Check => ({ title, ok, found })

export const sameHandles = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): boolean => Object.entries(after).every(([kind, count]) => count <= (before[kind] ?? 0))

export const show = (handles: Readonly<Record<string, number>>): string =>
  Object.entries(handles)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ') || 'none'
