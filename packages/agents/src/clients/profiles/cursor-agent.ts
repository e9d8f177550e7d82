import { z } from 'zod'
import { AgentOptionError } from '../../agent-errors.ts'
import type { ClientCall, ClientProfile, EventInterpreter } from '../client-profile.ts'
import { byType, on } from '../event-handlers.ts'

/** Cursor Agent, as its documentation describes it. */
export const cursorAgent: ClientProfile = {
  invoke: (call) => ({
    arguments: [
      ...['-p', '--output-format', 'stream-json'],
      ...permissionArguments(call),
      ...(call.model === undefined ? [] : ['--model', call.model]),
      ...(call.previous === undefined ? [] : ['--resume', call.previous.sessionId]),
      asArgument(call),
    ],
    input: null,
  }),
  createReader,
}

/** Without `--force` it changes nothing, with it it also runs commands; what lies between stands in files of the user's. */
function permissionArguments({ agent, permission }: ClientCall): readonly string[] {
  if (permission === 'read') return ['--mode', 'ask']
  if (permission === 'full') return ['--force']
  throw new AgentOptionError(
    agent,
    'permission',
    'cursor-agent cannot edit without running commands; ask for "read" or "full"',
  )
}

/** Bytes; Linux takes 131,072 for one argument, its end included. */
const LONGEST_ARGUMENT = 131_071

function asArgument({ agent, instructions }: ClientCall): string {
  const prompt = instructions.startsWith('-') ? ` ${instructions}` : instructions
  if (Buffer.byteLength(prompt) <= LONGEST_ARGUMENT) return prompt
  throw new AgentOptionError(
    agent,
    'prompt',
    `cursor-agent takes at most ${LONGEST_ARGUMENT} bytes, got ${Buffer.byteLength(prompt)}`,
  )
}

const system = z.object({ subtype: z.string(), session_id: z.string().optional(), model: z.string().optional() })
const assistant = z.object({ message: z.object({ content: z.array(z.object({ text: z.string().optional() })) }) })
const toolCall = z.object({ subtype: z.string(), tool_call: z.record(z.string(), z.unknown()).optional() })

const result = z.object({
  subtype: z.string(),
  is_error: z.boolean(),
  result: z.string().optional(),
  session_id: z.string().optional(),
  duration_ms: z.number().nonnegative().optional(),
})

function createReader(): EventInterpreter {
  return byType({
    system: on(system, ({ subtype, session_id, model }, tally) => {
      if (subtype !== 'init') return
      if (session_id !== undefined) tally.session(session_id)
      if (model !== undefined) tally.model(model)
    }),
    assistant: on(assistant, ({ message }, tally) =>
      tally.answer(message.content.map(({ text = '' }) => text).join('')),
    ),
    tool_call: on(toolCall, ({ subtype, tool_call = {} }, tally) => {
      if (subtype === 'started') tally.tool(Object.keys(tool_call)[0] ?? 'tool')
    }),
    result: on(result, (event, tally) => {
      if (event.session_id !== undefined) tally.session(event.session_id)
      if (event.duration_ms !== undefined) tally.took(event.duration_ms)
      if (event.result !== undefined) tally.answer(event.result)
      tally.finish({ isError: event.is_error, message: event.result ?? event.subtype })
    }),
  })
}
