import { type AgentReport, emptyReport } from '../agent-report.ts'

/** What was used; a number that is left out was not reported. */
export type Usage = Partial<Record<'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costUsd', number>>

/** How a client itself says that its work ended. */
export interface ClientResult {
  readonly isError: boolean
  /** What went wrong, in the client's words. */
  readonly message?: string | undefined
  /** The client kept a limit that it was given. */
  readonly isLimit?: boolean
}

/** Of notes that nobody has taken yet, the newest are kept. */
const MOST_NOTES = 20

/** Adds up what a client's events say. */
export class Tally {
  #report: AgentReport
  #text = ''
  #notes: readonly string[] = []
  #answerLength = 0
  #misread = 0
  #result: ClientResult | null = null
  #question: string | null = null
  #lastTool: string | null = null
  readonly #longestAnswer: number

  /**
   * @param longestAnswer characters; what comes after them is counted and let go.
   * @param countsTools whether the client's events tell of tool calls: only then is none of them 0.
   */
  constructor(longestAnswer: number, countsTools: boolean) {
    this.#longestAnswer = longestAnswer
    this.#report = { ...emptyReport, toolCalls: countsTools ? 0 : null }
  }

  session(sessionId: string): void {
    this.#set({ sessionId })
  }

  model(model: string): void {
    this.#set({ model })
  }

  /** The answer as it is by now. */
  answer(text: string): void {
    this.#text = ''
    this.#answerLength = 0
    this.addToAnswer(text)
  }

  addToAnswer(text: string): void {
    this.#answerLength += text.length
    if (!this.isAnswerTooLong) this.#text += text
  }

  get isAnswerTooLong(): boolean {
    return this.#answerLength > this.#longestAnswer
  }

  tool(name: string): void {
    this.#lastTool = name
    this.#set({ toolCalls: (this.#report.toolCalls ?? 0) + 1 })
  }

  get lastTool(): string | null {
    return this.#lastTool
  }

  /** What was used in all, as far as it is told. */
  used(usage: Usage): void {
    this.#set(usage)
  }

  /** What was used since the last time. */
  usedMore(usage: Usage): void {
    const { inputTokens, cachedTokens, outputTokens, costUsd } = usage
    this.#set({
      inputTokens: sum(this.#report.inputTokens, inputTokens),
      cachedTokens: sum(this.#report.cachedTokens, cachedTokens),
      outputTokens: sum(this.#report.outputTokens, outputTokens),
      costUsd: sum(this.#report.costUsd, costUsd),
    })
  }

  took(durationMs: number): void {
    this.#set({ durationMs })
  }

  calledTools(toolCalls: number): void {
    this.#set({ toolCalls })
  }

  /** A person's leave is asked for, and nobody is there. */
  asked(question: string): void {
    this.#question ??= question
  }

  get question(): string | null {
    return this.#question
  }

  /** The terminal event. */
  finish(result: ClientResult): void {
    this.#result = result
    this.#set({ isError: result.isError })
  }

  get result(): ClientResult | null {
    return this.#result
  }

  /** Something that a person may want to know: a retry, a warning. */
  note(text: string): void {
    this.#notes = [...this.#notes, text].slice(-MOST_NOTES)
  }

  /** An event of a known type had another form than expected. */
  misread(what: string): void {
    this.#misread++
    if (this.#misread === 1) this.note(`an event could not be read: ${what}`)
  }

  /** The notes since the last time. */
  takeNotes(): readonly string[] {
    const notes = this.#notes
    this.#notes = []
    return notes
  }

  get text(): string {
    return this.#text
  }

  get tokens(): number {
    return (this.#report.inputTokens ?? 0) + (this.#report.outputTokens ?? 0)
  }

  get costUsd(): number {
    return this.#report.costUsd ?? 0
  }

  /** Without the text, which may be long: what is told while the client works. */
  get figures(): AgentReport {
    return this.#report
  }

  #set(parts: Partial<AgentReport>): void {
    this.#report = { ...this.#report, ...parts }
  }
}

function sum(before: number | null, more: number | undefined): number | null {
  return more === undefined ? before : (before ?? 0) + more
}
