import type { Agent, AgentFunction } from './agent.ts'
import { AgentLoadError, AgentNotFoundError } from './agent-errors.ts'
import type { AgentReference, ModuleReference } from './agent-reference.ts'
import { builtinAgents } from './builtin-agents.ts'
import { createModuleAgent } from './module-agent.ts'
import { assertRestricted } from './module-permission.ts'

/**
 * Imports the agent that a reference names. This is where an agent's code is paid for: importing the package loads none.
 *
 * @throws AgentLoadError when its module cannot be imported or its default export is not a function.
 * @throws AgentNotFoundError when no built-in agent has that name.
 * @throws AgentOptionError when it is a module that must be restricted and this process is not.
 */
export async function loadAgent(reference: AgentReference): Promise<Agent> {
  switch (reference.kind) {
    case 'builtin':
      return loadBuiltinAgent(reference.name)
    case 'module':
      return loadModuleAgent(reference)
    case 'client':
      return (await import('./clients/run-client.ts')).createClientAgent(reference)
    case 'command':
      return (await import('./command/run-command.ts')).createCommandAgent(reference)
    case 'http':
      return (await import('./http/http-agent.ts')).createHttpAgent(reference)
  }
}

async function loadBuiltinAgent(name: string): Promise<Agent> {
  if (name === 'planner') return (await import('./planner/planner.ts')).planner
  const names = builtinAgents.map((agent) => agent.name).join(', ')
  throw new AgentNotFoundError(name, `the built-in agents are: ${names}.`)
}

async function loadModuleAgent(reference: ModuleReference): Promise<Agent> {
  assertRestricted(reference)
  const { name, url } = reference
  const module = await importModule(name, url)
  const exported = module.default
  if (!isAgentFunction(exported)) {
    throw new AgentLoadError(name, url, `its default export should be a function, but is ${typeof exported}`)
  }
  return createModuleAgent(name, exported)
}

async function importModule(name: string, url: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(url)) as { readonly default?: unknown }
  } catch (cause) {
    throw new AgentLoadError(name, url, cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function isAgentFunction(value: unknown): value is AgentFunction {
  return typeof value === 'function'
}
