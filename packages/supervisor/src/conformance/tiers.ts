import { AgentSupervisor } from '../agent-supervisor.ts'
import type { HandlerReference } from '../handler.ts'
import type { SpareOptions, SupervisorOptions, Task, TaskOptions } from '../options.ts'
import { type InProcessSubmission, runInProcess, streamInProcess } from '../run-in-process.ts'
import type { SessionLog } from '../session/log-ring.ts'
import type { Isolation } from '../session/outcome.ts'
import type { Submission, TaskStream } from '../submission.ts'
import { type Capability, capabilities } from './capabilities.ts'

/** Where one case submits its tasks; nothing of it is left when it is disposed of. */
export interface Bench extends AsyncDisposable {
  readonly tier: Tier
  submit<Value = unknown>(task: Task, options?: TaskOptions): Submission<Value>
  /** Resolves when a worker is ready for it; in place there is none to be. */
  prepare(handler: HandlerReference, options?: SpareOptions): Promise<void>
  stream<Chunk = unknown, Value = unknown>(task: Task, options?: TaskOptions): TaskStream<Chunk, Value>
  /** Where there is a supervisor to ask. */
  getLog(sessionId: string): SessionLog | undefined
  /** As at the end of an application: what runs may finish its grace. */
  close(): Promise<void>
}

export interface Tier {
  readonly name: Isolation
  /** What is impossible here, each with its reason. The README's table says the same. */
  readonly cannot: Readonly<Partial<Record<Capability, string>>>
  /** Options are those of a supervisor; in place there is none. */
  readonly open: (options?: SupervisorOptions) => Bench
}

const inProcessTier: Tier = {
  name: 'in-process',
  cannot: {
    queue: 'every task starts at once',
    spares: 'there is no worker',
    freshModules: 'a module is loaded once for the whole process',
    copies: 'both sides hold the same objects',
    moves: 'input is handed over as it is',
    movesBack: 'both sides hold the same objects',
    keepsLog: 'there is no supervisor to ask',
    environment: 'the task sees the whole `process.env` of its host, and what `environment` adds is not there',
    permissions: 'Node restricts whole processes only; the option is refused',
    output: 'what the task prints is printed by its host',
    hiddenChannel: 'the task shares every global of its host',
    checkedMessages: 'what the task says is a function call',
    fileDescriptors: 'they belong to the whole process',
    uncaughtErrors: 'nothing tells whose timer or promise it was, so the host meets it',
    exit: 'it is the host that exits',
    crash: 'it is the host that dies',
    endsSpinning: 'no timer fires while it spins',
    endsBlockedOnChild: 'nothing else runs meanwhile',
    endsNativeCall: 'nothing else runs meanwhile',
    memoryLimits: 'its memory cannot be told from its host’s',
    strays: 'they carry no marker, for the environment is the host’s',
  },
  open: () => new InPlaceBench(),
}

const threadTier: Tier = {
  name: 'thread',
  cannot: {
    permissions: 'Node restricts whole processes only; the option is refused',
    fileDescriptors: 'they belong to the whole process',
    crash: 'a thread’s process is its host’s',
    endsNativeCall: 'a thread ends when the call returns; until then it counts as wedged',
  },
  open: (options) => new SupervisorBench(threadTier, { ...options, isolation: 'thread' }),
}

const processTier: Tier = {
  name: 'process',
  cannot: {
    moves: 'a pipe copies',
    movesBack: 'a pipe copies',
    sharedMemory: 'two processes share no memory; such an input or result is refused',
  },
  open: (options) => new SupervisorBench(processTier, { ...options, isolation: 'process' }),
}

export const tiers: readonly Tier[] = [inProcessTier, threadTier, processTier]

/** The README's table "What each tier can do", one row a line. */
export const capabilityTable = (): string[] => [
  `| | ${tiers.map(({ name }) => `\`${name}\``).join(' | ')} |`,
  `|---|${tiers.map(() => '---|').join('')}`,
  ...Object.entries(capabilities).map(([capability, text]) => {
    const cells = tiers.map(({ cannot }) => cell(cannot[capability as Capability]))
    return `| ${text} | ${cells.join(' | ')} |`
  }),
]

const cell = (reason: string | undefined): string => (reason === undefined ? 'yes' : `no: ${reason}`)

class SupervisorBench implements Bench {
  readonly tier: Tier
  readonly #supervisor: AgentSupervisor

  constructor(tier: Tier, options: SupervisorOptions) {
    this.tier = tier
    this.#supervisor = new AgentSupervisor({ heapLimitMb: 256, ...options })
  }

  submit<Value>(task: Task, options?: TaskOptions): Submission<Value> {
    return this.#supervisor.submit(task, options)
  }

  prepare(handler: HandlerReference, options?: SpareOptions): Promise<void> {
    return this.#supervisor.prepare(handler, options)
  }

  stream<Chunk, Value>(task: Task, options?: TaskOptions): TaskStream<Chunk, Value> {
    return this.#supervisor.stream(task, options)
  }

  getLog(sessionId: string): SessionLog | undefined {
    return this.#supervisor.getLog(sessionId)
  }

  close(): Promise<void> {
    return this.#supervisor.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#supervisor.destroy()
  }
}

class InPlaceBench implements Bench {
  readonly tier: Tier = inProcessTier
  readonly #submissions: InProcessSubmission[] = []

  submit<Value>(task: Task, options?: TaskOptions): Submission<Value> {
    const submission = runInProcess<Value>(task, options)
    this.#submissions.push(submission)
    return submission
  }

  async prepare(): Promise<void> {}

  stream<Chunk, Value>(task: Task, options?: TaskOptions): TaskStream<Chunk, Value> {
    const stream = streamInProcess<Chunk, Value>(task, options)
    this.#submissions.push(stream)
    return stream
  }

  getLog(): undefined {}

  async close(): Promise<void> {
    for (const submission of this.#submissions) submission.interrupt('the host is closing')
    await Promise.allSettled(this.#submissions.map(({ outcome }) => outcome))
    await Promise.all(this.#submissions.map((submission) => submission.swept()))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
