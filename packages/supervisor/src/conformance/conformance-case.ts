import type { SupervisorOptions, Task, TaskOptions } from '../options.ts'
import type { Outcome } from '../session/outcome.ts'
import type { Capability } from './capabilities.ts'
import type { Bench } from './tiers.ts'

export interface ConformanceCase {
  readonly title: string
  /** Without one of them it cannot be tried; a tier that declares so skips it by name. */
  readonly needs?: readonly Capability[]
  /** Runs while no other does: it holds up the whole process, or takes much of its memory. */
  readonly alone?: boolean
  /** Gets a bench of its own, with these options; any other shares one with the cases of its tier. */
  readonly options?: SupervisorOptions
  readonly run: (bench: Bench) => Promise<void>
}

export interface CaseGroup {
  readonly title: string
  readonly cases: readonly ConformanceCase[]
}

/** Makes tasks of one fixture file. */
export const tasksOf =
  (file: string) =>
  (name = 'default', input?: unknown): Task => ({
    handler: { module: new URL(`../fixtures/${file}`, import.meta.url).href, export: name },
    input,
  })

export const outcomeOf = (bench: Bench, task: Task, options?: TaskOptions): Promise<Outcome> =>
  bench.submit(task, options).outcome

export const resultOf = <Value = unknown>(bench: Bench, task: Task, options?: TaskOptions): Promise<Value> =>
  bench.submit<Value>(task, options).result

/** The error that a task's result rejects with. */
export const errorOf = (bench: Bench, task: Task, options?: TaskOptions): Promise<unknown> =>
  bench.submit(task, options).result.then(
    () => Promise.reject(new Error('expected the task to fail')),
    (error: unknown) => error,
  )

export const readAll = async <Chunk>(stream: AsyncIterable<Chunk>): Promise<Chunk[]> => {
  const chunks: Chunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

/** As a host that parses something huge. */
export const holdUp = (forMs: number): void => {
  for (const end = Date.now() + forMs; Date.now() < end; );
}
