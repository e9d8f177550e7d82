import { type Draw, drawModel } from './draw.ts'
import type { Cast } from './scenario.ts'

interface ClientKind {
  readonly like: 'claude' | 'codex'
  /** Of the program that is like claude. */
  readonly behaviour?: string
  readonly script: string
  readonly failure?: string
  readonly limits?: Readonly<Record<string, number>>
  readonly cancelAfterCalls?: number
}

export type ClientKindName =
  | 'claude-like'
  | 'claude-like after 429 and a cut'
  | 'claude-like with a daemon'
  | 'claude-like that asks for leave'
  | 'claude-like without a result'
  | 'claude-like with 429 for ever'
  | 'stubborn claude-like, cancelled'
  | 'codex-like'
  | 'codex-like after 500'
  | 'codex-like to its tokens'
  | 'codex-like, hung'

const kinds: Readonly<Record<ClientKindName, ClientKind>> = {
  'claude-like': { like: 'claude', script: 'tool' },
  'claude-like after 429 and a cut': { like: 'claude', script: 'cutx1+tool' },
  'claude-like with a daemon': { like: 'claude', behaviour: 'leave a daemon', script: 'plain' },
  'claude-like that asks for leave': {
    ...{ like: 'claude', behaviour: 'ask for leave', script: 'plain', failure: 'AGENT_PERMISSION' },
  },
  'claude-like without a result': {
    ...{ like: 'claude', behaviour: 'say nothing more', script: 'plain', failure: 'AGENT_NO_RESULT' },
  },
  'claude-like with 429 for ever': {
    ...{ like: 'claude', script: '429', failure: 'AGENT_TIMEOUT', limits: { timeoutMs: 1500 } },
  },
  'stubborn claude-like, cancelled': { like: 'claude', behaviour: 'stubborn', script: 'hang', cancelAfterCalls: 1 },
  'codex-like': { like: 'codex', script: 'tool' },
  'codex-like after 500': { like: 'codex', script: '500x2+plain' },
  'codex-like to its tokens': {
    like: 'codex',
    script: 'loop+slow',
    failure: 'AGENT_LIMIT',
    limits: { maxTokens: 20_000 },
  },
  'codex-like, hung': { like: 'codex', script: 'hang', failure: 'AGENT_IDLE', limits: { idleTimeoutMs: 1000 } },
}

export const clientKinds = Object.keys(kinds) as readonly ClientKindName[]

const events = {
  result: { where: { type: 'turn.completed' } },
  text: { where: { type: 'item', 'item.type': 'agent_message' }, path: 'item.text' },
  tool: { where: { type: 'item', 'item.type': 'file_change' } },
  sessionId: 'thread_id',
  model: 'model',
  usage: {
    ...{ inputTokens: 'usage.input', cachedTokens: 'usage.cached', outputTokens: 'usage.output' },
    ...{ costUsd: 'usage.cost', sum: true },
  },
}

/** A small program that speaks as a coding client does and calls the model by itself. */
export const castClient = (draw: Draw, kind: ClientKindName): Cast => {
  const { like, behaviour = 'work', script, failure = null, limits, cancelAfterCalls } = kinds[kind]
  return {
    ...(like === 'claude' ? castClaude(draw, behaviour, script, limits) : castCodex(draw, script, limits)),
    ...{ failure, isCutByLimit: limits !== undefined, ...(cancelAfterCalls !== undefined && { cancelAfterCalls }) },
  }
}

export const castClaude = (
  draw: Draw,
  behaviour: string,
  script: string,
  limits: ClientKind['limits'] = undefined,
): Cast => {
  const { name, models } = drawModel(draw, script)
  const agent = `claude-${draw.id}`
  const executable = draw.stage.program(`claude-like ${behaviour}`)
  const definition = { client: 'claude', executable, model: name, ...(limits !== undefined && { limits }) }
  return { agent, definitions: { [agent]: definition }, models, failure: null, reportsAtEnd: true, mostLost: 3 }
}

const castCodex = (draw: Draw, script: string, limits: ClientKind['limits']): Cast => {
  const { name, models } = drawModel(draw, script)
  const agent = `codex-${draw.id}`
  const definition = {
    executable: draw.stage.program('codex-like'),
    arguments: ['--url', `${draw.stage.url}/v1`],
    ...{ model: name, modelArguments: ['--model', '{{model}}'], permissionArguments: { edit: [] } },
    ...{ environment: ['SOAK_CODEX_KEY'], events, ...(limits !== undefined && { limits }) },
  }
  // A call of its loop takes 100 ms.
  return { agent, definitions: { [agent]: definition }, models, failure: null, mostLost: 4 }
}
