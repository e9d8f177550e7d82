import type { Draw } from './draw.ts'
import type { Cast } from './scenario.ts'

interface CommandKind {
  readonly behaviour: string
  readonly failure?: string
  readonly more?: Readonly<Record<string, unknown>>
}

export type CommandKindName =
  | 'a command'
  | 'a command without a result'
  | 'a command that fails'
  | 'a command with a daemon'
  | 'a command that ignores SIGTERM'
  | 'a command with an answer of 64 MB'
  | 'a command with output of 64 MB'
  | 'a command that tells its token'

const kinds: Readonly<Record<CommandKindName, CommandKind>> = {
  'a command': { behaviour: 'answer' },
  'a command without a result': { behaviour: 'silent', failure: 'AGENT_NO_ANSWER' },
  'a command that fails': { behaviour: 'fails', failure: 'AGENT_EXIT' },
  'a command with a daemon': { behaviour: 'daemon' },
  'a command that ignores SIGTERM': {
    ...{ behaviour: 'stubborn', failure: 'AGENT_TIMEOUT', more: { limits: { timeoutMs: 1000 } } },
  },
  'a command with an answer of 64 MB': { behaviour: 'flood', failure: 'AGENT_LIMIT' },
  'a command with output of 64 MB': { behaviour: 'flood', more: { result: 'none' } },
  'a command that tells its token': { behaviour: 'tells', more: { environment: ['SOAK_TOKEN'] } },
}

export const commandKinds = Object.keys(kinds) as readonly CommandKindName[]

/** Any program, good or nasty. */
export const castCommand = (draw: Draw, kind: CommandKindName): Cast => {
  const { behaviour, failure = null, more } = kinds[kind]
  return { ...castProgram(draw, behaviour, more), failure }
}

export const castProgram = (draw: Draw, behaviour: string, more: CommandKind['more'] = {}): Cast => {
  const agent = `command-${draw.id}`
  const command = [draw.stage.program('command'), behaviour]
  return { agent, definitions: { [agent]: { command, ...more } }, failure: null }
}
