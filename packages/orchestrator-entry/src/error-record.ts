import type { ErrorRecord } from '@mayfly/run-store'

/** The task's own error says more than the one that wraps it. */
export const errorRecord = (thrown: unknown): ErrorRecord => {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown))
  const cause = error.cause instanceof Error ? error.cause : undefined
  return { name: cause?.name ?? error.name, message: error.message, code: codeOf(cause) ?? codeOf(error) ?? null }
}

export const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
