import { type Draw, drawModel } from './draw.ts'
import { PRICE } from './price.ts'
import type { Cast } from './scenario.ts'

interface HttpKind {
  readonly script: string
  readonly failure?: string
  readonly retries?: number
  readonly more?: Readonly<Record<string, unknown>>
  readonly cancelAfterCalls?: number
  readonly attempts?: number
}

/** Long enough for the slowest machine, where nothing is to be cut off. */
const patient = { startTimeoutMs: 60_000 }

export type HttpKindName =
  | 'plain'
  | 'tool'
  | 'slow'
  | '429 twice'
  | '429 with Retry-After'
  | '500 once'
  | 'cut once'
  | 'garbage once'
  | '500 until the next attempt'
  | 'cut until the next attempt'
  | '500 for ever'
  | '429 for ever'
  | 'a bad key'
  | 'cut for ever'
  | 'garbage for ever'
  | 'hang'
  | 'hang in the middle'
  | 'hang until time is up'
  | 'loop to its tokens'
  | 'loop to its cost'
  | 'loop to its steps'
  | 'loop for ever'
  | 'cancelled before its answer'
  | 'cancelled in the middle of an answer'
  | 'cancelled in a loop'

const kinds: Readonly<Record<HttpKindName, HttpKind>> = {
  plain: { script: 'plain' },
  tool: { script: 'tool' },
  slow: { script: 'slow' },
  '429 twice': { script: '429x2' },
  '429 with Retry-After': { script: '429x1-after1+tool' },
  '500 once': { script: '500x1+tool' },
  'cut once': { script: 'cutx1+tool' },
  'garbage once': { script: 'garbagex1+plain' },
  '500 until the next attempt': { script: '500x1+tool', retries: 0, attempts: 3 },
  'cut until the next attempt': { script: 'cutx2+plain', retries: 0, attempts: 6 },
  '500 for ever': { script: '500', failure: 'MODEL_CALL_FAILED', retries: 2 },
  '429 for ever': { script: '429', failure: 'MODEL_CALL_FAILED', retries: 2 },
  'a bad key': { script: '401', failure: 'AGENT_KEY_REFUSED' },
  'cut for ever': { script: 'cut', failure: 'MODEL_CALL_FAILED', retries: 2 },
  'garbage for ever': { script: 'garbage', failure: 'MODEL_CALL_FAILED', retries: 1 },
  hang: { script: 'hang', failure: 'AGENT_IDLE', more: { limits: { startTimeoutMs: 700 } } },
  'hang in the middle': {
    script: 'hangmid',
    failure: 'AGENT_IDLE',
    more: { limits: { ...patient, idleTimeoutMs: 700 } },
  },
  'hang until time is up': {
    script: 'hang',
    failure: 'AGENT_TIMEOUT',
    more: { limits: { ...patient, timeoutMs: 1500 } },
  },
  'loop to its tokens': { script: 'loop', failure: 'AGENT_LIMIT', more: { limits: { ...patient, maxTokens: 30_000 } } },
  'loop to its cost': { script: 'loop', failure: 'AGENT_LIMIT', more: { limits: { ...patient, maxCostUsd: 0.08 } } },
  'loop to its steps': { script: 'loop', failure: 'AGENT_LIMIT', more: { maxSteps: 7 } },
  'loop for ever': { script: 'loop', failure: 'AGENT_LIMIT', more: { limits: patient, maxSteps: 1000 } },
  'cancelled before its answer': { script: 'hang', cancelAfterCalls: 1 },
  'cancelled in the middle of an answer': { script: 'hangmid', cancelAfterCalls: 1 },
  'cancelled in a loop': { script: 'loop+slow', cancelAfterCalls: 3 },
}

/** Those that end by themselves. */
export const httpKinds: readonly HttpKindName[] = (Object.keys(kinds) as HttpKindName[]).filter(
  (kind) => kind !== 'loop for ever',
)

/** As a description of an agent has it. */
const agentPrice = {
  inputPerMillion: PRICE.input,
  cachedPerMillion: PRICE.cached,
  outputPerMillion: PRICE.output,
}

/** A model behind an endpoint: Anthropic's messages or OpenAI's chat completions. */
export const castHttp = (draw: Draw, kind: HttpKindName): Cast => {
  const { script, failure = null, retries = 4, more = { limits: patient }, cancelAfterCalls, attempts } = kinds[kind]
  const { name, models } = drawModel(draw, script)
  const agent = `http-${draw.id}`
  const [provider, apiKeyVariable] = draw.random.chance(0.5)
    ? ['anthropic', 'ANTHROPIC_API_KEY']
    : ['openai-compatible', 'SOAK_OPENAI_KEY']
  const definition = {
    ...{ provider, apiKeyVariable, model: name, baseUrl: `${draw.stage.url}/v1`, price: agentPrice },
    ...{ retry: { retries, firstWaitMs: 50, longestWaitMs: 5000 }, ...more },
  }
  return {
    ...{ agent, definitions: { [agent]: definition }, models, failure },
    ...(cancelAfterCalls !== undefined && { cancelAfterCalls }),
    ...(attempts !== undefined && { settings: { attempts } }),
  }
}
