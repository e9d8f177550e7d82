import { readFile } from 'node:fs/promises'
import type { AgentDefinitions } from './agent-definition.ts'
import { AgentDefinitionError } from './agent-errors.ts'

/**
 * Reads descriptions of agents from a YAML file (or JSON, which is YAML): a mapping `agents` of names to descriptions.
 *
 * @throws AgentDefinitionError when it cannot be read, is no YAML, or does not have the form that it should have.
 */
export async function readAgentDefinitions(path: string): Promise<AgentDefinitions> {
  const { parse } = await import('yaml')
  const { parseAgentDefinitions } = await import('./definition-schema.ts')
  try {
    const document = parse(await readFile(path, 'utf8')) as { readonly agents?: unknown } | null
    return parseAgentDefinitions(document?.agents, path)
  } catch (error) {
    if (error instanceof AgentDefinitionError) throw error
    throw new AgentDefinitionError(path, [(error as Error).message])
  }
}
