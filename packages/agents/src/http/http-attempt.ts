import type { ModelMessage, ToolResultPart } from 'ai'
import type { AgentContext, AgentRequest, AgentResult } from '../agent.ts'
import { AgentLimitError } from '../agent-limit-error.ts'
import { type AgentLimits, defaultLimits } from '../agent-limits.ts'
import { type AgentReport, emptyReport } from '../agent-report.ts'
import type { JsonValue } from '../json-value.ts'
import { type Environment, secretValues } from '../process/program-environment.ts'
import { SecretFilter } from '../process/secret-filter.ts'
import { keyVariableOf, readApiKey } from './api-key.ts'
import { AttemptClock } from './attempt-clock.ts'
import { Conversation } from './conversation.ts'
import type { HttpPorts } from './http-ports.ts'
import { type HttpReference, httpDefaults } from './http-reference.ts'
import { instructionsFor } from './instructions.ts'
import type { AskedCall, ModelAnswer } from './model-answer.ts'
import { ModelCaller } from './model-caller.ts'
import { openModel } from './model-endpoint.ts'
import { Spending } from './spending.ts'
import { Toolbox } from './tools/toolbox.ts'
import { Transcript } from './transcript.ts'
import { Workspace } from './workspace.ts'

/** Milliseconds between two signs of life. */
const beatMs = 1_000
const longestSummary = 1_000

/** One attempt of an HTTP agent: calls the model, does what it asks for with the tools, until it answers without asking. */
export class HttpAttempt implements Disposable {
  readonly #reference: HttpReference
  readonly #request: AgentRequest
  readonly #context: AgentContext
  readonly #ports: HttpPorts
  readonly #limits: Required<AgentLimits>
  readonly #spending: Spending
  readonly #clock: AttemptClock
  readonly #signal: AbortSignal
  readonly #key: string | null
  readonly #secrets: readonly string[]
  readonly #redact: (text: string) => string
  readonly #transcript: Transcript
  readonly #began = Date.now()
  #model: string | null = null
  #steps = 0
  #toolCalls = 0
  #lastBeat = 0

  /** @throws CostUnknownError, AgentKeyMissingError */
  constructor(reference: HttpReference, request: AgentRequest, context: AgentContext, ports: HttpPorts) {
    this.#reference = reference
    this.#request = request
    this.#context = context
    this.#ports = ports
    this.#limits = { ...defaultLimits, ...reference.limits }
    this.#spending = new Spending(reference, this.#limits)
    this.#key = readApiKey(reference, ports.environment)
    this.#secrets = secretsOf(reference, ports.environment)
    const filter = new SecretFilter(this.#secrets)
    this.#redact = (text) => filter.text(text)
    this.#transcript = new Transcript(this.#redact)
    this.#clock = new AttemptClock(reference.name, this.#limits)
    this.#signal = AbortSignal.any([context.signal, this.#clock.signal])
  }

  /** Writes the transcript while it works, and to its end also when it fails: then it is needed most. */
  async run(): Promise<AgentResult> {
    const written = this.#context.artifact('transcript.jsonl', this.#transcript).catch(toError)
    try {
      const result = await this.#work()
      this.#transcript.end()
      const failed = await written
      if (failed instanceof Error) throw failed
      return result
    } catch (error) {
      this.#context.report?.({ ...this.#report(null), isError: true })
      this.#transcript.add('failed', { error: String(error) })
      this.#transcript.end()
      const failed = await written
      if (failed instanceof Error && failed !== error) this.#log(`The transcript was not written: ${failed.message}`)
      throw error
    }
  }

  [Symbol.dispose](): void {
    this.#clock[Symbol.dispose]()
  }

  async #work(): Promise<AgentResult> {
    this.#signal.throwIfAborted()
    const prompt = this.#request.instructions ?? this.#request.prompt
    const toolbox = await this.#openToolbox()
    const instructions = instructionsFor(toolbox.tools)
    await this.#context.artifact('prompt.md', this.#redact(`${instructions}\n\n---\n\n${prompt}\n`))
    const { subject = prompt } = this.#request
    const conversation = new Conversation(this.#reference.model, { prompt, subject }, this.#context.lastCheckpoint)
    this.#transcript.add('began', this.#describe(toolbox, conversation))
    const caller = await this.#openCaller(toolbox, instructions)
    return this.#toResult(await this.#converse(conversation, caller, toolbox))
  }

  async #converse(conversation: Conversation, caller: ModelCaller, toolbox: Toolbox): Promise<ModelAnswer> {
    const maxSteps = this.#reference.maxSteps ?? httpDefaults.maxSteps
    while (this.#steps < maxSteps) {
      this.#steps += 1
      this.#context.progress({ phase: 'model', step: this.#steps, toolCalls: this.#toolCalls })
      const answer = await caller.call(conversation)
      this.#account(answer)
      if (answer.calls.length === 0) return answer
      conversation.add([...answer.messages, await this.#useTools(answer.calls, toolbox)])
      this.#keep(conversation)
    }
    throw new AgentLimitError(this.#reference.name, 'maxSteps', maxSteps, `after ${maxSteps} calls it was not done`)
  }

  #account(answer: ModelAnswer): void {
    this.#model = answer.model
    const { inputTokens, cachedTokens, cacheWriteTokens, outputTokens } = answer.usage
    this.#transcript.add('answer', {
      step: this.#steps,
      text: answer.text,
      calls: answer.calls.map(({ id, tool, input }) => ({ id, tool, input: (input ?? null) as JsonValue })),
      usage: { inputTokens, cachedTokens, cacheWriteTokens, outputTokens },
    })
    try {
      this.#spending.add(answer.usage)
    } finally {
      this.#context.report?.(this.#report(null))
    }
  }

  /** One after the other: two calls of one answer may touch the same file. */
  async #useTools(calls: readonly AskedCall[], toolbox: Toolbox): Promise<ModelMessage> {
    const content: ToolResultPart[] = []
    for (const { id, tool, input } of calls) {
      this.#signal.throwIfAborted()
      this.#toolCalls += 1
      const answer = await toolbox.use(tool, input)
      const value = this.#redact(answer.text)
      this.#transcript.add('tool', { id, tool, isError: answer.isError, text: value })
      content.push({
        type: 'tool-result',
        toolCallId: id,
        toolName: tool,
        output: { type: answer.isError ? 'error-text' : 'text', value },
      })
    }
    return { role: 'tool', content }
  }

  #keep(conversation: Conversation): void {
    const kept = conversation.toKept()
    if (kept !== null) this.#context.checkpoint(kept)
  }

  async #openToolbox(): Promise<Toolbox> {
    const workspace = await Workspace.open(this.#request.cwd)
    return new Toolbox({
      workspace,
      reference: this.#reference,
      context: this.#context,
      signal: this.#signal,
      environment: this.#ports.environment,
      secrets: this.#secrets,
    })
  }

  async #openCaller(toolbox: Toolbox, instructions: string): Promise<ModelCaller> {
    return new ModelCaller({
      reference: this.#reference,
      limits: this.#limits,
      model: await openModel(this.#reference, this.#key),
      instructions,
      tools: toolbox.tools,
      spending: this.#spending,
      clock: this.#clock,
      signal: this.#signal,
      ports: this.#ports,
      redact: this.#redact,
      onLife: () => this.#beat(),
      onRetry: (error, waitMs) => {
        this.#transcript.add('retry', { error: error.message, waitMs })
        this.#log(`${error.message}; trying again in ${waitMs} ms`)
      },
    })
  }

  #describe(toolbox: Toolbox, conversation: Conversation): Readonly<Record<string, JsonValue>> {
    const { name, provider, model } = this.#reference
    const tools = toolbox.tools.map((tool) => tool.name)
    return { agent: name, provider, model, tools, attempt: this.#context.attempt, isResumed: conversation.isResumed }
  }

  #toResult({ text }: ModelAnswer): AgentResult {
    const report = this.#report(this.#redact(text))
    const { unreportedCalls, spent } = this.#spending
    this.#context.report?.(report)
    this.#transcript.add('done', { steps: this.#steps, toolCalls: this.#toolCalls, unreportedCalls, ...spent })
    const counted = { steps: this.#steps, toolCalls: this.#toolCalls, unreportedCalls }
    return { summary: firstLine(report.text ?? ''), output: { text: report.text, ...counted }, report }
  }

  #report(text: string | null): AgentReport {
    const durationMs = Date.now() - this.#began
    return { ...emptyReport, ...this.#spending.spent, text, model: this.#model, durationMs, toolCalls: this.#toolCalls }
  }

  /** A model may send a thousand pieces a second. */
  #beat(): void {
    const now = Date.now()
    if (now - this.#lastBeat < beatMs) return
    this.#lastBeat = now
    this.#context.heartbeat()
  }

  #log(message: string): void {
    this.#context.log(this.#redact(message))
  }
}

/** The key, and what the commands are given. */
function secretsOf(reference: HttpReference, environment: Environment): readonly string[] {
  const key = keyVariableOf(reference)
  const secret = [...(key === null ? [] : [key]), ...(reference.environment ?? [])]
  // Without the line break that often ends a value: it may stand in a text without it.
  return secretValues({ fixed: {}, passed: [], secret }, environment).map((value) => value.trim())
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? ''
  return line.length <= longestSummary ? line : `${line.slice(0, longestSummary - 1)}…`
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
