export type Runtime = 'claude_code' | 'cursor' | 'cli_wrapper'

export type Environment = Readonly<Record<string, string | undefined>>

/** What this process was called from, by the variables that those programs set for their children. */
export const detectRuntime = (environment: Environment = process.env): Runtime => {
  const isSet = (name: string): boolean => Boolean(environment[name])
  if (isSet('CLAUDECODE') || isSet('CLAUDE_CODE_ENTRYPOINT')) return 'claude_code'
  if (isSet('CURSOR_AGENT') || isSet('CURSOR_TRACE_ID')) return 'cursor'
  return 'cli_wrapper'
}
