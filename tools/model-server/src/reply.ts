import type { ModelRequest } from './model-request.ts'
import type { Intent, Script, Usage } from './script.ts'
import { type ToolCall, toToolCall } from './tool-call.ts'

/** An answer of the model, before a protocol writes it. */
export interface Reply {
  /** Unique on this server; protocols make their own ids of it. */
  readonly serial: number
  readonly model: string
  readonly text: string
  readonly calls: readonly ToolCall[]
  readonly usage: Usage
}

/** What every answer costs unless its script says otherwise. */
export const usualUsage: Usage = { inputTokens: 1_200, cachedTokens: 200, outputTokens: 34 }

/** The answer that a script gives to a request. */
export function composeReply(script: Script, request: ModelRequest, serial: number): Reply {
  const turn = request.tools.length === 0 ? undefined : currentTurn(script, request.toolResults)
  return {
    serial,
    model: request.model,
    text: turn === undefined ? (script.text ?? `Done after ${request.toolResults} tool results.`) : 'Working on it.',
    calls: (turn ?? []).map((intent, index) => toToolCall(intent, request.tools, `call_${serial}_${index}`)),
    usage: script.usage ?? usualUsage,
  }
}

/** Undefined when all turns have been had. */
function currentTurn({ turns, repeat }: Script, results: number): readonly Intent[] | undefined {
  const length = turns.reduce((sum, turn) => sum + turn.length, 0)
  let left = repeat && length > 0 ? results % length : results
  for (const turn of turns) {
    if (left < turn.length) return turn
    left -= turn.length
  }
  return undefined
}
