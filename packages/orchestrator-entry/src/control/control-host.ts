import type { AgentSupervisor } from '@mayfly/supervisor'
import type { Logger } from '../logger.ts'
import type { ControlRequest, ControlResult } from './control-protocol.ts'
import type { ControlServer } from './control-server.ts'

/** The control sockets of one orchestrator: one for each store in which its runs are found. */
export class ControlHost {
  readonly #logger: Logger
  readonly #servers: Map<string, Promise<ControlServer | undefined>> = new Map()
  readonly #open: Set<ControlServer> = new Set()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Lets the supervisor be asked; without effect when it can be already. Where it cannot, that is one warning. */
  async open(bootId: string, supervisor: AgentSupervisor): Promise<void> {
    const opening = this.#servers.get(bootId) ?? this.#listen(bootId, supervisor)
    this.#servers.set(bootId, opening)
    await opening
  }

  /** Resolves when whoever has asked so far has an answer. */
  async answered(): Promise<void> {
    await Promise.all([...this.#open].map((server) => server.answered()))
  }

  /** Synchronous, for exit hooks. */
  closeSync(): void {
    for (const server of this.#open) server.closeSync()
    this.#open.clear()
    this.#servers.clear()
  }

  async #listen(bootId: string, supervisor: AgentSupervisor): Promise<ControlServer | undefined> {
    try {
      // Imported late: no run has to wait for what hardly any run is asked for.
      const [{ ControlServer }, { sweepSockets }] = await Promise.all([
        import('./control-server.ts'),
        import('./sweep.ts'),
      ])
      const server = await ControlServer.open(bootId, (request, signal) => serve(supervisor, request, signal))
      // It was closed in the meantime.
      if (!this.#servers.has(bootId)) return void server.closeSync()
      this.#open.add(server)
      void sweepSockets().catch((error: unknown) =>
        this.#logger.warn(`Old control sockets were left: ${String(error)}`),
      )
      return server
    } catch (error) {
      this.#logger.warn(`This process takes no requests (mayfly profile): ${(error as Error).message}`)
      return undefined
    }
  }
}

const serve = (supervisor: AgentSupervisor, request: ControlRequest, signal: AbortSignal): Promise<ControlResult> => {
  const { sessionId, file, kind, milliseconds } = request
  if (kind === 'heap') {
    return supervisor.takeHeapSnapshot(sessionId, file, { signal, ...(milliseconds && { timeoutMs: milliseconds }) })
  }
  return supervisor.captureCpuProfile(sessionId, file, { signal, ...(milliseconds && { durationMs: milliseconds }) })
}
