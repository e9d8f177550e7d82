import type { Outcome } from '../session/outcome.ts'
import { Histogram, type HistogramSummary } from './histogram.ts'

/** Milliseconds, of every session since the supervisor was made. */
export interface SessionTimes {
  /** From submission to the start of a worker. */
  readonly queued: HistogramSummary
  /** From there to "module imported and ready". */
  readonly started: HistogramSummary
  /** From submission to the task's first line. */
  readonly submittedToRunning: HistogramSummary
  /** From the task's first line to its end. */
  readonly ran: HistogramSummary
  /** From the decision to end a worker, or its result, until nothing of it is left. */
  readonly stopped: HistogramSummary
}

/** How workers came to their tasks. */
export interface StartCounts {
  /** Started for their task. */
  readonly cold: number
  /** Taken from the spares. */
  readonly spare: number
}

/** What a session tells of itself. */
export interface TimedSession {
  readonly id: string
  readonly workerId: string
  readonly isolation: Outcome['isolation']
}

/** Counts and times; each costs the same, however many there were. */
export class SessionStatistics {
  readonly #times = {
    queued: new Histogram(),
    started: new Histogram(),
    submittedToRunning: new Histogram(),
    ran: new Histogram(),
    stopped: new Histogram(),
  }
  readonly #starts = { thread: { cold: 0, spare: 0 }, process: { cold: 0, spare: 0 } }
  readonly #stoppingSince: WeakMap<TimedSession, number> = new WeakMap()

  started({ id, workerId, isolation }: TimedSession): void {
    if (isolation === 'in-process') return
    this.#starts[isolation][id === workerId ? 'cold' : 'spare']++
  }

  stopping(session: TimedSession, now: number): void {
    if (!this.#stoppingSince.has(session)) this.#stoppingSince.set(session, now)
  }

  settled({ queuedMs, startedInMs, ranMs }: Outcome): void {
    this.#times.queued.record(queuedMs)
    if (ranMs !== null) this.#times.ran.record(ranMs)
    if (startedInMs === null) return
    this.#times.started.record(startedInMs)
    this.#times.submittedToRunning.record(queuedMs + startedInMs)
  }

  ended(session: TimedSession, now: number): void {
    const since = this.#stoppingSince.get(session)
    if (since !== undefined) this.#times.stopped.record(now - since)
  }

  get starts(): { readonly thread: StartCounts; readonly process: StartCounts } {
    return { thread: { ...this.#starts.thread }, process: { ...this.#starts.process } }
  }

  times(): SessionTimes {
    const { queued, started, submittedToRunning, ran, stopped } = this.#times
    return {
      queued: queued.summary(),
      started: started.summary(),
      submittedToRunning: submittedToRunning.summary(),
      ran: ran.summary(),
      stopped: stopped.summary(),
    }
  }
}
