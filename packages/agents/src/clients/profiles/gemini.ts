import { z } from 'zod'
import type { ClientProfile, EventInterpreter } from '../client-profile.ts'
import { byType, on } from '../event-handlers.ts'
import type { Permission } from '../permission.ts'
import { createTurns } from './turns.ts'

/** Gemini CLI 0.61. */
export const gemini: ClientProfile = {
  invoke: (call) => ({
    arguments: [
      ...['-o', 'stream-json', '--skip-trust', '--approval-mode', approvalModes[call.permission]],
      ...(call.model === undefined ? [] : ['-m', call.model]),
      ...(call.previous === undefined ? [] : ['--resume', call.previous.sessionId]),
    ],
    input: call.instructions,
  }),
  createReader,
}

const approvalModes: Readonly<Record<Permission, string>> = { read: 'plan', edit: 'auto_edit', full: 'yolo' }

const count = z.number().int().nonnegative().optional()

const init = z.object({ session_id: z.string(), model: z.string().optional() })
const message = z.object({ role: z.string(), content: z.string() })
const toolUse = z.object({ tool_name: z.string() })
const trouble = z.object({ message: z.string().optional() })

const result = z.object({
  status: z.string(),
  error: z.object({ message: z.string() }).optional(),
  stats: z
    .object({
      input_tokens: count,
      output_tokens: count,
      cached: count,
      tool_calls: count,
      duration_ms: z.number().optional(),
    })
    .optional(),
})

function createReader(): EventInterpreter {
  const turns = createTurns()
  return byType({
    init: on(init, (event, tally) => {
      tally.session(event.session_id)
      if (event.model !== undefined) tally.model(event.model)
    }),
    message: on(message, ({ role, content }, tally) => {
      if (role === 'assistant') turns.said(content, tally)
    }),
    tool_use: on(toolUse, ({ tool_name }, tally) => {
      tally.tool(tool_name)
      turns.end()
    }),
    error: on(trouble, (event, tally) => tally.note(event.message ?? 'an error without a message')),
    result: on(result, ({ status, error, stats = {} }, tally) => {
      const { input_tokens: inputTokens, output_tokens: outputTokens, cached: cachedTokens } = stats
      tally.used({
        ...(inputTokens !== undefined && { inputTokens }),
        ...(cachedTokens !== undefined && { cachedTokens }),
        ...(outputTokens !== undefined && { outputTokens }),
      })
      if (stats.tool_calls !== undefined) tally.calledTools(stats.tool_calls)
      if (stats.duration_ms !== undefined) tally.took(stats.duration_ms)
      tally.finish({ isError: status !== 'success', message: error?.message })
    }),
  })
}
