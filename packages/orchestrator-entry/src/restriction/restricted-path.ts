import { AgentOptionError, type AgentReference, restrictionOf } from '@mayfly/agents'
import { resolveWorkers } from '@mayfly/feature-flags'
import type { Call } from '../call.ts'
import type { ExecutionPath } from '../execution-path.ts'
import type { Setting } from '../setting-types.ts'

type Route = Pick<ExecutionPath, 'executionMode' | 'reason'>

/** An agent that must be kept to what it may do gets a worker, however short its task is; undefined for all others. */
export const restrictedRoute = (agent: AgentReference): Route | undefined => {
  const permission = restrictionOf(agent)
  return permission === null
    ? undefined
    : { executionMode: 'worker', reason: `"${permission}" is kept by a process of its own` }
}

/** @throws AgentOptionError, WorkersDisabledError as `assertKeepable` */
export const restrictPath = (
  path: ExecutionPath,
  agent: AgentReference,
  call: Pick<Call, 'flag' | 'settings'>,
): ExecutionPath => {
  assertKeepable([agent], call)
  const route = restrictedRoute(agent)
  return route === undefined ? path : { ...path, ...route, line: `Using worker pattern (${route.reason})` }
}

/**
 * An agent is never run without what was to keep it.
 * @throws AgentOptionError where workers are off, or somebody asked for a thread; WorkersDisabledError
 */
export const assertKeepable = (
  agents: readonly AgentReference[],
  { flag, settings }: Pick<Call, 'flag' | 'settings'>,
): void => {
  assertNoThread(agents, settings.isolation)
  for (const agent of agents) {
    if (restrictionOf(agent) === null) continue
    const workers = resolveWorkers(flag, settings.mode.value)
    if (!workers.enabled) throw refuse(agent, `${workers.reason}. Turn workers on (--mode worker, or USE_WORKERS=true)`)
  }
}

/**
 * For agents that another process executes, in a worker in any case. A repository's wish for threads does not stand against what a
 * person said of permissions.
 * @throws AgentOptionError
 */
export const assertNoThread = (agents: readonly AgentReference[], { value, source }: Setting<string>): void => {
  if (value !== 'thread' || source === 'default' || source === 'file') return
  const restricted = agents.find((agent) => restrictionOf(agent) !== null)
  if (restricted === undefined) return
  throw refuse(restricted, 'a thread was asked for. Leave that out, or say --isolation process')
}

const refuse = (agent: AgentReference, reason: string): AgentOptionError =>
  new AgentOptionError(
    agent.name,
    'permission',
    `"${restrictionOf(agent)}" is kept by a worker process only, and ${reason}`,
  )
