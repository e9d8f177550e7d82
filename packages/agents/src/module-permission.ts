import { AgentOptionError } from './agent-errors.ts'
import type { AgentReference, ModuleReference } from './agent-reference.ts'
import type { Permission } from './clients/permission.ts'

/** What a module must be kept to; `null`: it may do whatever the process that it runs in may do. */
export function restrictionOf(reference: AgentReference): Exclude<Permission, 'full'> | null {
  if (reference.kind !== 'module' || reference.permission === 'full') return null
  return reference.permission ?? null
}

/**
 * Node restricts a process from its beginning or not at all: here it is only seen to that nobody's code is imported who was to be restricted
 * and is not.
 *
 * @throws AgentOptionError
 */
export function assertRestricted(reference: ModuleReference): void {
  const permission = restrictionOf(reference)
  if (permission === null || isRestricted()) return
  throw new AgentOptionError(
    reference.name,
    'permission',
    `to keep it to "${permission}" it needs a worker process that Node restricts, and this process is not restricted`,
  )
}

function isRestricted(): boolean {
  // Absent, whatever its type says, in a process without `--permission`.
  const { permission } = process as { readonly permission?: NodeJS.ProcessPermission }
  return permission !== undefined && !permission.has('child') && !permission.has('worker')
}
