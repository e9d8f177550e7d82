import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { AgentContext } from '../agent.ts'
import type { AgentLimits } from '../agent-limits.ts'
import { AGENT_MARKER, agentMark } from './agent-marker.ts'
import { endMarkedProcesses, signalProcess } from './marked-processes.ts'
import { ProgramTimers } from './program-timers.ts'
import { SecretFilter } from './secret-filter.ts'
import { TextTail } from './text-tail.ts'

/** Why a program was ended by us. */
export type StopCause = 'start' | 'idle' | 'time' | 'output' | 'lingering' | 'cancelled' | 'caller'

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Null when it ended by itself. */
  readonly stopped: StopCause | null
  /** What it wrote last on stderr, without secrets. */
  readonly stderr: string
  /** How many processes it had left behind, outside its group; they are gone now. */
  readonly strays: number
}

export interface ManagedProcessOptions {
  /** Whose program it is: stands in the marker. */
  readonly agent: string
  readonly command: string
  readonly arguments: readonly string[]
  readonly cwd: string
  readonly environment: Readonly<Record<string, string>>
  /** Written to its stdin, which is then closed; null: it has none. */
  readonly input: string | null
  readonly limits: Required<AgentLimits>
  /** Values that must not be kept. */
  readonly secrets: readonly string[]
  readonly graces?: Partial<ProcessGraces>
}

export interface ProcessGraces {
  /** From SIGTERM to SIGKILL. Shorter than the grace of a session, which is 5 s. @default 2000 */
  readonly killMs: number
  /** From the result to SIGTERM, for a program that keeps running. @default 10000 */
  readonly lingerMs: number
  /** For output that a process holds open which no marker finds. @default 1000 */
  readonly drainMs: number
}

const defaultGraces: ProcessGraces = { killMs: 2_000, lingerMs: 10_000, drainMs: 1_000 }

/**
 * A program in a process group of its own, with our clocks over it and nothing of it left when it has ended.
 *
 *   running ──▶ exited by itself ─────────────────────────────────┐
 *      │                                                          ▼
 *      └─ stop(cause) ─▶ SIGTERM to the group ─ killMs ─▶ SIGKILL ─▶ group killed, strays swept, output drained ─▶ ended
 */
export class ManagedProcess {
  readonly ended: Promise<ProgramEnd>
  readonly #child: ChildProcess
  readonly #id: string = randomUUID()
  readonly #graces: ProcessGraces
  readonly #timers: ProgramTimers
  readonly #stderr: TextTail = new TextTail()
  readonly #stderrFilter: SecretFilter
  readonly #signal: AbortSignal
  readonly #limits: Required<AgentLimits>
  #stopped: StopCause | null = null
  #killTimer: NodeJS.Timeout | undefined
  #bytes = 0
  /** True while somebody waits for the next piece of the output. */
  #isRead = false

  /** @throws the signal's reason when it is aborted already. */
  constructor(options: ManagedProcessOptions, context: Pick<AgentContext, 'signal' | 'spawn'>) {
    context.signal.throwIfAborted()
    this.#signal = context.signal
    this.#limits = options.limits
    this.#stderrFilter = new SecretFilter(options.secrets)
    this.#graces = { ...defaultGraces, ...options.graces }
    this.#child = context.spawn(options.command, options.arguments, {
      cwd: options.cwd,
      env: { ...options.environment, [AGENT_MARKER]: agentMark(options.agent, this.#id) },
      stdio: [options.input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    this.#timers = new ProgramTimers(options.limits, (cause) => this.stop(cause))
    // When a process exits, Node lets what nobody listens for flow away, and the reader of the output comes only later.
    this.#child.stdout?.on('readable', () => {})
    this.#feed(options.input)
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#takeStderr(chunk))
    this.#signal.addEventListener('abort', this.#onAbort, { once: true })
    this.ended = this.#end()
    // Whoever reads the output first meets the error there.
    this.ended.catch(() => {})
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** What it prints; to be read, or abandoned. Ends with the process, also when something else holds the pipe open. */
  async *output(): AsyncGenerator<Buffer, void> {
    const { stdout } = this.#child
    if (stdout === null) return
    this.#isRead = true
    try {
      for await (const chunk of stdout as AsyncIterable<Buffer>) {
        this.#isRead = false
        this.#count(chunk)
        yield chunk
        this.#isRead = true
      }
    } catch (error) {
      // Closed by `#drain`: what came until then is what there is.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
    }
  }

  /** Its work is done: it has a while to leave, and no other clock runs any more. */
  letLinger(): void {
    this.#timers.linger(this.#graces.lingerMs)
  }

  /** The first cause counts. */
  stop(cause: StopCause): void {
    if (this.#stopped !== null) return
    this.#stopped = cause
    this.#timers.clear()
    this.#signalGroup('SIGTERM')
    this.#killTimer = setTimeout(() => this.#signalGroup('SIGKILL'), this.#graces.killMs)
  }

  /** Nobody reads its output any more. Without a reader it would never be over. */
  abandon(): void {
    this.stop('caller')
    this.#child.stdout?.destroy()
  }

  readonly #onAbort = (): void => this.stop('cancelled')

  #feed(input: string | null): void {
    const { stdin } = this.#child
    // One that does not read its input, or is gone, is told by its exit.
    stdin?.on('error', () => {})
    if (input !== null) stdin?.end(input)
  }

  #takeStderr(chunk: Buffer): void {
    this.#count(chunk)
    this.#stderr.push(this.#stderrFilter.push(chunk))
  }

  #count({ byteLength }: Buffer): void {
    this.#timers.alive()
    this.#bytes += byteLength
    if (this.#bytes > this.#limits.maxOutputBytes) this.stop('output')
  }

  async #end(): Promise<ProgramEnd> {
    try {
      await this.#exit()
      this.#signalGroup('SIGKILL')
      const strays = await endMarkedProcesses(this.#id)
      await this.#drain()
      this.#stderr.push(this.#stderrFilter.end())
      const { exitCode: code, signalCode: signal } = this.#child
      return { code, signal, stopped: this.#stopped, stderr: this.#stderr.text, strays: strays.length }
    } finally {
      this.#timers.clear()
      clearTimeout(this.#killTimer)
      this.#signal.removeEventListener('abort', this.#onAbort)
    }
  }

  /** Rejects when it could not be started. */
  async #exit(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit')
    this.#timers.clear()
    clearTimeout(this.#killTimer)
  }

  /** What is still in the pipes is read; a stream that nobody writes to but somebody holds open is closed. */
  async #drain(): Promise<void> {
    const streams = [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null)
    const timer = setInterval(() => {
      if (this.#isRead) for (const stream of streams) stream.destroy()
    }, this.#graces.drainMs)
    await Promise.all(streams.map(closed))
    clearInterval(timer)
  }

  #signalGroup(name: NodeJS.Signals): void {
    if (this.#child.pid !== undefined) signalProcess(-this.#child.pid, name)
  }
}

function closed(stream: Readable): Promise<void> {
  return stream.closed ? Promise.resolve() : new Promise((resolve) => stream.once('close', () => resolve()))
}
