import { z } from 'zod'
import type { ClientCall, ClientProfile, EventInterpreter } from '../client-profile.ts'
import { byType, on, since } from '../event-handlers.ts'
import type { Permission } from '../permission.ts'
import type { Usage } from '../tally.ts'

/** Qwen Code 0.24. */
export const qwen: ClientProfile = {
  invoke: (call) => ({
    arguments: [
      // Without it hooks and MCP servers that the repository names are run, whatever the approval mode.
      ...['-o', 'stream-json', '--safe-mode'],
      ...permissionArguments[call.permission],
      // With a key it is told to use it; without one its own login counts.
      ...(call.environment['OPENAI_API_KEY'] === undefined ? [] : ['--auth-type', 'openai']),
      ...(call.model === undefined ? [] : ['-m', call.model]),
      ...(call.previous === undefined ? [] : ['--resume', call.previous.sessionId]),
    ],
    input: call.instructions,
  }),
  createReader,
}

const runsCommands = ['run_shell_command', 'monitor'].flatMap((tool) => ['--exclude-tools', tool])

/** Its mode `auto-edit` writes anywhere; a rule that begins with `/` means the folder. What would have to be asked for is denied. */
const permissionArguments: Readonly<Record<Permission, readonly string[]>> = {
  read: ['--approval-mode', 'plan', ...runsCommands],
  edit: [
    ...['--approval-mode', 'default', ...runsCommands],
    ...['Edit(/**)', 'WriteFile(/**)', 'NotebookEdit(/**)'].flatMap((rule) => ['--allowed-tools', rule]),
  ],
  full: ['--approval-mode', 'yolo'],
}

const tokens = z.number().int().nonnegative().optional()

const system = z.object({ subtype: z.string(), session_id: z.string().optional(), model: z.string().optional() })
const assistant = z.object({
  message: z.object({ content: z.array(z.object({ type: z.string(), name: z.string().optional() })) }),
})

const usage = z.object({ input_tokens: tokens, output_tokens: tokens, cache_read_input_tokens: tokens })

const result = z.object({
  is_error: z.boolean(),
  subtype: z.string(),
  result: z.string().optional(),
  error: z.object({ message: z.string() }).optional(),
  session_id: z.string().optional(),
  duration_ms: z.number().nonnegative().optional(),
  usage: usage.optional(),
})

function createReader(call: ClientCall): EventInterpreter {
  return byType({
    system: on(system, ({ subtype, session_id, model }, tally) => {
      if (subtype !== 'init') return
      if (session_id !== undefined) tally.session(session_id)
      if (model !== undefined) tally.model(model)
    }),
    assistant: on(assistant, ({ message }, tally) => {
      for (const { type, name } of message.content) if (type === 'tool_use') tally.tool(name ?? 'tool')
    }),
    result: on(result, (event, tally) => {
      if (event.usage !== undefined) tally.used(usageOf(event.usage, call.previous))
      if (event.session_id !== undefined) tally.session(event.session_id)
      if (event.duration_ms !== undefined) tally.took(event.duration_ms)
      if (event.result !== undefined) tally.answer(event.result)
      tally.finish({ isError: event.is_error, message: event.error?.message ?? event.subtype })
    }),
  })
}

/** Counted over the whole session, also what was before it was resumed. */
function usageOf(counted: z.output<typeof usage>, previous: ClientCall['previous']): Usage {
  const { input_tokens: input, output_tokens: output, cache_read_input_tokens: cached } = counted
  return {
    ...(input !== undefined && { inputTokens: since(input, previous?.inputTokens) }),
    ...(cached !== undefined && { cachedTokens: since(cached, previous?.cachedTokens) }),
    ...(output !== undefined && { outputTokens: since(output, previous?.outputTokens) }),
  }
}
