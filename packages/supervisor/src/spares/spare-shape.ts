import type { ResolvedHandler } from '../handler.ts'
import type { Isolation } from '../session/outcome.ts'
import type { SessionTask } from '../session/session-task.ts'
import type { Permissions } from '../tiers/permissions.ts'

/** What is fixed when a worker is born. A spare takes the tasks that would have been born the same, and no other. */
export interface SpareShape {
  readonly handler: ResolvedHandler
  readonly isolation: Isolation
  readonly heapLimitMb: number
  readonly environment: Readonly<Record<string, string>>
  readonly permissions: Permissions | undefined
  /** Named in the permissions of a restricted worker; of any other it is its session's affair. */
  readonly artifactFolder: string | null
}

export const shapeOf = (task: SessionTask, isolation: Isolation): SpareShape => ({
  handler: task.handler,
  isolation,
  heapLimitMb: task.limits.heapLimitMb,
  environment: task.environment,
  permissions: task.permissions,
  artifactFolder: task.permissions === undefined ? null : task.artifactFolder,
})

/** Whether a task is plainly of this shape; of another whose key is the same it may say no. */
export const isPlainlyOf = (shape: SpareShape, { handler, limits, environment, permissions }: SessionTask): boolean =>
  shape.environment === environment &&
  shape.handler.url === handler.url &&
  shape.handler.exportName === handler.exportName &&
  shape.heapLimitMb === limits.heapLimitMb &&
  shape.permissions === undefined &&
  permissions === undefined

const textOfEnvironment = new WeakMap<object, string>()

/** Tasks that add nothing share one object: it is written out once. */
const environmentKey = (environment: SpareShape['environment']): string => {
  const known = textOfEnvironment.get(environment)
  if (known !== undefined) return known
  const text = JSON.stringify(environment)
  textOfEnvironment.set(environment, text)
  return text
}

/** Equal for equal shapes. */
export const keyOfShape = (shape: SpareShape): string => {
  const { handler, isolation, heapLimitMb, environment, permissions, artifactFolder } = shape
  const { url, exportName } = handler
  const limits = permissions === undefined ? '' : JSON.stringify([permissions, artifactFolder])
  return [url, exportName, isolation, heapLimitMb, environmentKey(environment), limits].join('\n')
}
