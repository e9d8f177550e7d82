import type { AgentContext, AgentResult } from '../agent.ts'
import type { AgentLimits } from '../agent-limits.ts'
import type { AgentReport } from '../agent-report.ts'
import { resultOfText } from '../module-agent.ts'
import type { ManagedProcess, ProgramEnd } from '../process/managed-process.ts'
import { SecretFilter } from '../process/secret-filter.ts'
import { Throttle } from '../process/throttle.ts'
import type { EventInterpreter } from './client-profile.ts'
import { EventReader } from './event-reader.ts'
import { Tally } from './tally.ts'
import { assertSucceeded } from './verdict.ts'

export interface ClientMonitorOptions {
  readonly limits: Required<AgentLimits>
  readonly context: AgentContext
  readonly secrets: readonly string[]
  readonly interpret: EventInterpreter
  readonly countsTools: boolean
}

/** Often enough for whoever watches. */
const BETWEEN_PROGRESS_MS = 500

/** Reads what a client prints while it works, keeps its limits, tells of it, and judges its end. */
export class ClientMonitor {
  readonly #options: ClientMonitorOptions
  readonly #tally: Tally
  readonly #reader: EventReader
  readonly #secrets: SecretFilter
  readonly #progress: Throttle = new Throttle(BETWEEN_PROGRESS_MS)
  #excess: string | null = null
  #reported: Partial<AgentReport> = {}

  constructor(options: ClientMonitorOptions) {
    this.#options = options
    this.#tally = new Tally(options.limits.maxAnswerBytes, options.countsTools)
    this.#secrets = new SecretFilter(options.secrets)
    this.#reader = new EventReader((event) => options.interpret(event, this.#tally))
  }

  take(chunk: Uint8Array, running: ManagedProcess): void {
    this.#reader.push(chunk)
    this.#tell()
    // The result that is there stands: it has been paid for.
    if (this.#tally.result !== null) return running.letLinger()
    this.#excess ??= this.#findExcess()
    if (this.#excess !== null || this.#tally.question !== null) running.stop('caller')
  }

  /** @throws ClientFailedError; the abort reason of a client that was cancelled before its result. */
  async conclude(agent: string, end: ProgramEnd): Promise<AgentResult> {
    this.#reader.end()
    const { context } = this.#options
    const report = this.#finalReport()
    context.report?.(withoutText(report))
    this.#logNotes()
    this.#logLosses(end)
    const hasSucceeded = this.#tally.result?.isError === false
    if (end.stopped === 'cancelled' && !hasSucceeded) throw context.signal.reason
    const excess = this.#excess ?? this.#findExcess()
    assertSucceeded(agent, { end, tally: this.#tally, losses: this.#reader.losses, excess }, report, this.#secrets)
    await context.artifact('answer.md', report.text ?? '')
    return { ...resultOfText(report.text ?? ''), report }
  }

  #finalReport(): AgentReport {
    const text = this.#secrets.text(this.#tally.text)
    return { ...this.#tally.figures, text: text === '' ? null : text }
  }

  #tell(): void {
    this.#report()
    if (!this.#progress.isDue()) return
    const { lastTool, figures, text } = this.#tally
    const shown = this.#secrets.text(text.slice(-LONGEST_PROGRESS))
    this.#options.context.progress({ tool: lastTool, toolCalls: figures.toolCalls, text: shown })
    this.#logNotes()
  }

  /** At once: a client may be silent for long after it, and what is lost with its process must be known by then. */
  #report(): void {
    const { figures } = this.#tally
    if (vital.every((name) => figures[name] === this.#reported[name])) return
    this.#reported = figures
    this.#options.context.report?.(withoutText(figures))
  }

  #findExcess(): string | null {
    const { maxTokens, maxCostUsd, maxAnswerBytes } = this.#options.limits
    const { tokens, costUsd, isAnswerTooLong } = this.#tally
    if (isAnswerTooLong) return `its answer is longer than its limit of ${maxAnswerBytes} bytes (maxAnswerBytes)`
    if (this.#tally.result !== null) return null
    if (tokens > maxTokens) return `it used ${tokens} tokens of at most ${maxTokens} (maxTokens)`
    if (costUsd > maxCostUsd) return `it cost ${costUsd} US dollars of at most ${maxCostUsd} (maxCostUsd)`
    return null
  }

  #logNotes(): void {
    for (const note of this.#tally.takeNotes()) this.#options.context.log(this.#secrets.text(note))
  }

  #logLosses({ strays }: ProgramEnd): void {
    const { noise, skipped } = this.#reader.losses
    const { log } = this.#options.context
    if (noise > 0) log(`${noise} lines that it printed are no events`)
    if (skipped > 0) log(`${skipped} events were too long to be read; the transcript has them`)
    if (strays > 0) log(`${strays} processes that it had left behind were ended`)
  }
}

/** What has been paid for, and the session without which it could not be taken up again. */
const vital = ['sessionId', 'inputTokens', 'cachedTokens', 'outputTokens', 'costUsd'] as const

/** Characters. */
const LONGEST_PROGRESS = 200

/** The text may be long, and is no figure. */
function withoutText({ text: _text, ...figures }: AgentReport): Partial<AgentReport> {
  return figures
}
