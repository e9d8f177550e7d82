import type { ResolvedHandler } from '../handler.ts'
import type { Outcome, OutcomeCause } from '../session/outcome.ts'

/** Ends after which a handler does not belong into a thread any more: the next one might take the whole process with it. */
const DANGEROUS: ReadonlySet<OutcomeCause> = new Set(['heap_soft', 'heap_hard', 'external', 'rss', 'exit'])

/** Handlers are few; a caller that makes them up for each task must not fill the memory. */
const MOST_HANDLERS = 1000

/** The handlers that have died of memory or a crash in a thread. Of more than 1,000 the oldest are forgotten. */
export class Escalation {
  readonly #handlers: Set<string> = new Set()

  /** True when the handler has just become one that needs a process. */
  learn(handler: ResolvedHandler, outcome: Outcome): boolean {
    if (outcome.isolation !== 'thread' || !(outcome.wedged || DANGEROUS.has(outcome.cause))) return false
    const key = keyOf(handler)
    if (this.#handlers.has(key)) return false
    this.#handlers.add(key)
    for (const oldest of this.#handlers) {
      if (this.#handlers.size <= MOST_HANDLERS) break
      this.#handlers.delete(oldest)
    }
    return true
  }

  needsProcess(handler: ResolvedHandler): boolean {
    return this.#handlers.has(keyOf(handler))
  }

  /** As `module#export`. */
  get handlers(): string[] {
    return [...this.#handlers]
  }
}

const keyOf = ({ url, exportName }: ResolvedHandler): string => `${url}#${exportName}`
