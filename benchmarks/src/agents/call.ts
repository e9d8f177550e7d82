import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Agent, type AgentReference, type AgentRequest, loadAgent, openLocalContext } from '@mayfly/agents'

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Told when the agent has said something for the first time. */
  readonly onProgress?: () => void
}

/** Loads the client agent that a program stands in for. */
export const loadStandIn = async (command: string): Promise<Agent> => {
  const reference: AgentReference = { kind: 'client', name: 'claude', client: 'claude', command, permission: 'edit' }
  return await loadAgent(reference)
}

/** Loads the same program as a command agent. */
export const loadCommand = async (command: string): Promise<Agent> =>
  await loadAgent({ kind: 'command', name: 'command', command, arguments: [] })

/** Calls an agent once, as an application does; its artifacts are gone afterwards. */
export const callAgent = async (agent: Agent, scratch: string, options: CallOptions = {}): Promise<void> => {
  const folder = await mkdtemp(join(scratch, 'call-'))
  using context = openLocalContext({ folder, ...options })
  const step = { number: 0, name: 'bench', agent: agent.name, inputs: [], outputs: [] }
  const request: AgentRequest = { runId: 'bench', prompt: 'Do it', cwd: scratch, complexity: 0.5, step }
  try {
    await agent.run(request, context)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
