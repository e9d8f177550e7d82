import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { AgentDefinition, AgentDefinitions } from './agent-definition.ts'
import { AgentDefinitionError } from './agent-errors.ts'
import { modulePath } from './module-file.ts'

/**
 * Reads descriptions of agents from a YAML file (or JSON, which is YAML): a mapping `agents` of names to descriptions. Paths of modules
 * are taken from the file's own folder.
 *
 * @throws AgentDefinitionError when it cannot be read, is no YAML, or does not have the form that it should have.
 */
export async function readAgentDefinitions(path: string): Promise<AgentDefinitions> {
  const { parse } = await import('yaml')
  const { parseAgentDefinitions } = await import('./definition-schema.ts')
  try {
    const document = parse(await readFile(path, 'utf8')) as { readonly agents?: unknown } | null
    const definitions = parseAgentDefinitions(document?.agents, path)
    return Object.fromEntries(Object.entries(definitions).map(([name, given]) => [name, fromItsFile(given, path)]))
  } catch (error) {
    if (error instanceof AgentDefinitionError) throw error
    throw new AgentDefinitionError(path, [(error as Error).message])
  }
}

/** A module is found where the file says, whatever folder is worked on. */
function fromItsFile(definition: AgentDefinition, file: string): AgentDefinition {
  if (definition.kind !== 'module') return definition
  return { ...definition, module: modulePath(definition.module, dirname(resolve(file))) }
}
