import type { AgentContext } from '../agent.ts'
import type { JsonValue } from '../json-value.ts'

/** Milliseconds between two signs of life: often enough for any heartbeat limit, too seldom to cost anything. */
const interval = 200

/** Called at every small piece of work. */
export interface Pulse {
  /** Throws the abort reason when the work should stop; now and then says how far it is. */
  beat(progress: () => JsonValue): void
}

/** Makes a pulse for a context; the clock is an argument so that a test needs no waiting. */
export function createPulse(context: AgentContext, now: () => number = () => performance.now()): Pulse {
  let next = now()
  return {
    beat: (progress) => {
      context.signal.throwIfAborted()
      if (now() < next) return
      next = now() + interval
      context.heartbeat()
      context.progress(progress())
    },
  }
}
