import type { ClientReference } from '../agent-reference.ts'
import type { EnvironmentNeeds } from '../process/program-environment.ts'
import { clientEnvironment } from './client-facts.ts'

export function environmentOf({ client, generic, model, environment = [] }: ClientReference): EnvironmentNeeds {
  const added = [...environment, ...(generic?.environment ?? [])]
  const needs = client === 'generic' ? { fixed: {}, passed: [], secret: [] } : clientEnvironment(client, model)
  return { ...needs, secret: [...needs.secret, ...added] }
}

export function canResume({ client, generic }: ClientReference): boolean {
  return client !== 'generic' || generic?.resumeArguments !== undefined
}
