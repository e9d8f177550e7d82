import type { AgentReport } from '@mayfly/agents'
import type { StepReport } from '../step-task.ts'
import { closeEnvelope, openEnvelope } from './report-envelope.ts'

/** Reports may come with every event of a client; one this often is enough for a limit on tokens. Milliseconds. */
const EVERY_MS = 250

/** Keeps what an agent says of itself and its checkpoints together, and hands them on. */
export class Reporter {
  readonly #send: (checkpoint: unknown) => void
  readonly #now: () => number
  #kept: unknown
  #report: Partial<StepReport> | undefined
  #sentAt = Number.NEGATIVE_INFINITY
  #isSent = true
  #timer: NodeJS.Timeout | undefined

  constructor(
    lastCheckpoint: unknown,
    send: (checkpoint: unknown) => void,
    now: () => number = performance.now.bind(performance),
  ) {
    // What the attempt before has used is on its own record.
    this.#kept = openEnvelope(lastCheckpoint).kept
    this.#send = send
    this.#now = now
  }

  get kept(): unknown {
    return this.#kept
  }

  get report(): Partial<StepReport> | undefined {
    return this.#report
  }

  checkpoint(value: unknown): void {
    this.#kept = value
    this.#flush()
  }

  /** Replaces what is said anew. The client's session is handed on at once: a process may end at any time. */
  say({ text: _text, ...report }: Partial<AgentReport>): void {
    const isNewSession = report.sessionId != null && report.sessionId !== this.#report?.sessionId
    this.#report = { ...this.#report, ...report }
    this.#isSent = false
    const waitMs = isNewSession ? 0 : this.#sentAt + EVERY_MS - this.#now()
    if (waitMs <= 0) this.#flush()
    // Nothing more may come for long, and the process may be lost before that.
    else this.#timer ??= setTimeout(() => this.#flush(), waitMs).unref()
  }

  /** Hands on what was held back. */
  end(): void {
    if (!this.#isSent) this.#flush()
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#sentAt = this.#now()
    this.#isSent = true
    this.#send(closeEnvelope(this.#kept, this.#report))
  }
}
