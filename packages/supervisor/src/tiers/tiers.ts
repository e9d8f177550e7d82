import type { ResolvedHandler } from '../handler.ts'
import type { Isolation, Outcome } from '../session/outcome.ts'
import type { SessionTask } from '../session/session-task.ts'
import { findCompileCache } from './compile-cache.ts'
import { Escalation } from './escalation.ts'
import { canRestrictNetwork } from './permission-arguments.ts'
import { ProcessTransport } from './process-transport.ts'
import { ThreadTransport, type ThreadTransportOptions } from './thread-transport.ts'
import type { Transport } from './transport.ts'

export interface TiersOptions extends ThreadTransportOptions {
  readonly supervisorMark: string
  readonly log: (message: string) => void
}

/** Which tier a task gets. */
export class Tiers {
  readonly #thread: ThreadTransport
  readonly #process: ProcessTransport
  readonly #escalation: Escalation = new Escalation()
  readonly #log: (message: string) => void
  #hasExplainedNetwork = false

  constructor(options: TiersOptions) {
    this.#log = options.log
    const surroundings = { supervisorMark: options.supervisorMark, compileCache: this.#findCompileCache() }
    this.#thread = new ThreadTransport(options, surroundings)
    this.#process = new ProcessTransport(surroundings)
  }

  isolationFor({ isolation, permissions, handler }: SessionTask): 'thread' | 'process' {
    if (isolation !== 'auto') return isolation
    return permissions !== undefined || this.#escalation.needsProcess(handler) ? 'process' : 'thread'
  }

  transportOf(isolation: Isolation): Transport {
    return isolation === 'process' ? this.#process : this.#thread
  }

  #findCompileCache(): string | undefined {
    const found = findCompileCache()
    if ('folder' in found) return found.folder
    this.#log(`Workers keep no compiled code, and start more slowly: ${found.problem}`)
    return undefined
  }

  /** Says once what this Node cannot deny. */
  explainPermissions({ permissions }: SessionTask): void {
    if (permissions === undefined || permissions.net === true || canRestrictNetwork || this.#hasExplainedNetwork) return
    this.#hasExplainedNetwork = true
    this.#log(`Permissions leave the network open on Node ${process.version}: it can be denied from Node 25 on`)
  }

  /** True when tasks of the handler that ask for `auto` get a process from now on. */
  learn(handler: ResolvedHandler, outcome: Outcome): boolean {
    return this.#escalation.learn(handler, outcome)
  }

  get escalatedHandlers(): string[] {
    return this.#escalation.handlers
  }
}
