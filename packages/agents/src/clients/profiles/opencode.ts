import { z } from 'zod'
import type { ClientProfile, EventInterpreter } from '../client-profile.ts'
import { byType, on } from '../event-handlers.ts'
import type { Permission } from '../permission.ts'

/** opencode 1.18. */
export const opencode: ClientProfile = {
  invoke: (call) => ({
    arguments: [
      ...['run', '--format', 'json'],
      ...(call.permission === 'full' ? ['--auto'] : []),
      ...(call.model === undefined ? [] : ['-m', call.model]),
      // A title of our own saves the request that would make one.
      ...(call.previous === undefined ? ['--title', call.runId] : ['-s', call.previous.sessionId]),
    ],
    input: call.instructions,
    environment: { OPENCODE_PERMISSION: JSON.stringify(permissions[call.permission]) },
  }),
  createReader,
}

const nothingOutside = { external_directory: 'deny', doom_loop: 'deny', question: 'deny' }

/** Never `ask`: it is answered with a refusal, and the client ends as if all was well. */
const permissions: Readonly<Record<Permission, Readonly<Record<string, string>>>> = {
  read: {
    '*': 'deny',
    read: 'allow',
    glob: 'allow',
    grep: 'allow',
    list: 'allow',
    todowrite: 'allow',
    ...nothingOutside,
  },
  edit: {
    '*': 'deny',
    read: 'allow',
    glob: 'allow',
    grep: 'allow',
    list: 'allow',
    todowrite: 'allow',
    edit: 'allow',
    ...nothingOutside,
  },
  full: { '*': 'allow', question: 'deny' },
}

const tokens = z.number().int().nonnegative()

const sessionOf = { sessionID: z.string().optional() }
const plain = z.object(sessionOf)
const text = z.object({ ...sessionOf, part: z.object({ text: z.string() }) })
const toolUse = z.object({ ...sessionOf, part: z.object({ tool: z.string() }) })

const stepFinish = z.object({
  ...sessionOf,
  part: z.object({
    reason: z.string().optional(),
    cost: z.number().nonnegative().optional(),
    tokens: z
      .object({
        input: tokens,
        output: tokens,
        cache: z.object({ read: tokens, write: tokens }).optional(),
      })
      .optional(),
  }),
})

const failure = z.object({
  ...sessionOf,
  error: z.object({ name: z.string().optional(), data: z.object({ message: z.string().optional() }).optional() }),
})

/** After one of these steps another follows, or nothing was said at all. */
const goesOn: ReadonlySet<string | undefined> = new Set(['tool-calls', 'unknown', undefined])

function createReader(): EventInterpreter {
  return byType({
    step_start: on(plain, session),
    text: on(text, (event, tally) => {
      session(event, tally)
      tally.answer(event.part.text)
    }),
    tool_use: on(toolUse, (event, tally) => tally.tool(event.part.tool)),
    step_finish: on(stepFinish, (event, tally) => {
      session(event, tally)
      const { reason, cost, tokens: used } = event.part
      if (used !== undefined) tally.usedMore(usageOf(used))
      if (cost !== undefined) tally.usedMore({ costUsd: cost })
      if (!goesOn.has(reason)) tally.finish({ isError: reason === 'error', message: reason })
    }),
    error: on(failure, (event, tally) => {
      session(event, tally)
      const message = event.error.data?.message ?? event.error.name ?? 'an error without a message'
      tally.finish({ isError: true, message })
    }),
  })
}

function session(
  { sessionID }: { readonly sessionID?: string | undefined },
  tally: Parameters<EventInterpreter>[1],
): void {
  if (sessionID !== undefined && tally.figures.sessionId !== sessionID) tally.session(sessionID)
}

/** Here `input` leaves out what went through the cache. */
function usageOf({ input, output, cache }: NonNullable<z.output<typeof stepFinish>['part']['tokens']>): {
  inputTokens: number
  cachedTokens: number
  outputTokens: number
} {
  const { read = 0, write = 0 } = cache ?? {}
  return { inputTokens: input + read + write, cachedTokens: read, outputTokens: output }
}
