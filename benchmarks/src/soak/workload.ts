import type { OutcomeCause, Task, TaskOptions } from '@mayfly/supervisor'

const module = new URL('./tasks.mjs', import.meta.url).href

export interface SoakTask {
  readonly kind: string
  readonly task: Task
  readonly options: TaskOptions
  /** How it has to end. */
  readonly cause: OutcomeCause
}

interface Kind {
  readonly name: string
  /** How often, beside the others. */
  readonly weight: number
  readonly input?: (random: () => number) => unknown
  readonly options?: TaskOptions
  readonly cause: OutcomeCause
}

const kinds: readonly Kind[] = [
  { name: 'nothing', weight: 30, cause: 'result' },
  { name: 'garbage', weight: 20, input: (random) => 2 + Math.floor(random() * 8), cause: 'result' },
  { name: 'buffers', weight: 10, input: (random) => 1 + Math.floor(random() * 32), cause: 'result' },
  { name: 'chatter', weight: 10, input: () => 500, cause: 'result' },
  { name: 'fail', weight: 12, input: () => 'as planned', cause: 'error' },
  { name: 'exit', weight: 4, input: () => 3, cause: 'exit' },
  { name: 'spin', weight: 3, options: { timeoutMs: 60, graceMs: 10 }, cause: 'timeout' },
  { name: 'neverSettle', weight: 3, options: { timeoutMs: 60, graceMs: 10 }, cause: 'timeout' },
  { name: 'leaveChildren', weight: 8, cause: 'result' },
]

const TOTAL_WEIGHT = kinds.reduce((sum, { weight }) => sum + weight, 0)

/** One in so many runs in a process. */
const PROCESSES = 10

/** The same for the same seed. */
export function* workload(tasks: number, seed: number): Generator<SoakTask> {
  const random = mulberry32(seed)
  for (let index = 0; index < tasks; index++) {
    const kind = choose(random() * TOTAL_WEIGHT)
    const isolation = random() < 1 / PROCESSES ? 'process' : 'thread'
    yield {
      kind: kind.name,
      task: { handler: { module, export: kind.name }, input: kind.input?.(random) },
      options: { heapLimitMb: 256, isolation, ...kind.options },
      cause: kind.cause,
    }
  }
}

const choose = (at: number): Kind => {
  let below = 0
  for (const kind of kinds) {
    below += kind.weight
    if (at < below) return kind
  }
  return kinds[0] as Kind
}

/** A small generator with a state of 32 bits (T. Ettinger's mulberry32, in the public domain). */
const mulberry32 = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}
