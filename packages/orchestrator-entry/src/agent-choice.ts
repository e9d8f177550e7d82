import {
  type AgentChoice,
  type AgentDefinitions,
  builtinAgents,
  chooseAgent,
  type Permission,
  readAgentDefinitions,
} from '@mayfly/agents'
import type { Environment } from './detect-runtime.ts'
import type { PromptOptions } from './orchestrator-options.ts'
import type { Settings } from './settings.ts'

/** What a caller and its surroundings say about who does the work. */
export interface AgentWishes {
  /** For every step; undefined: whom the workflow names. */
  readonly named: string | undefined
  /** By the configuration of the folder: taken if it is available, and free or allowed to cost money. */
  readonly preferred: readonly string[]
  /** By the names that workflows use. */
  readonly team: Readonly<Record<string, string>>
  readonly definitions: AgentDefinitions
  readonly allowPaid: boolean
  readonly permission: Permission | undefined
  readonly model: string | undefined
  readonly environment: Environment
  readonly cwd: string
}

/** @throws AgentDefinitionError when the file of agents cannot be read. */
export const readWishes = async (
  { agent, agentsFile }: Settings,
  { agents = {}, permission, model, allowPaid = false }: PromptOptions,
  { environment, cwd }: Pick<AgentWishes, 'environment' | 'cwd'>,
): Promise<AgentWishes> => ({
  // A repository may have a wish, but it does not decide what costs money.
  named: agent.source === 'file' ? undefined : agent.value,
  preferred: agent.source === 'file' && agent.value !== undefined ? [agent.value] : [],
  team: agents,
  definitions: agentsFile.value === undefined ? {} : await readAgentDefinitions(agentsFile.value),
  ...{ allowPaid, permission, model, environment, cwd },
})

/**
 * Who does a step that is executed alone: the agent that was named, or else the one that stands for the workflow's own.
 * @throws AgentNotFoundError, AgentUnavailableError, AgentInsideError
 */
export const chooseForStep = (wishes: AgentWishes, name: string): AgentChoice =>
  choose(wishes, wishes.named ?? standIn(wishes, name) ?? (wishes.preferred.length > 0 ? 'auto' : name))

/**
 * Who does a step of a whole run: one that is named for every step does the work of all but the built-in agents, for whoever
 * asks for `claude` does not mean that the planner's part should cost money.
 * @throws as `chooseForStep`
 */
export const chooseForTeam = (wishes: AgentWishes, name: string): AgentChoice => {
  const isBuiltin = builtinAgents.some((builtin) => builtin.name === name)
  return choose(wishes, standIn(wishes, name) ?? (isBuiltin ? name : (wishes.named ?? name)))
}

const standIn = ({ team }: AgentWishes, name: string): string | undefined =>
  Object.hasOwn(team, name) ? team[name] : undefined

const choose = (wishes: AgentWishes, specifier: string): AgentChoice => {
  const { named: _named, team: _team, ...options } = wishes
  return chooseAgent(specifier, options)
}
