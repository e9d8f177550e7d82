import { z } from 'zod'
import type { ClientCall, ClientProfile, EventInterpreter } from '../client-profile.ts'
import { byType, on, since } from '../event-handlers.ts'
import type { Permission } from '../permission.ts'
import type { Usage } from '../tally.ts'

/** Claude Code 2.1. */
export const claude: ClientProfile = {
  invoke: (call) => ({
    arguments: [
      ...['-p', '--output-format', 'stream-json', '--verbose'],
      // Whatever would ask is denied; MCP servers of the repository are not started.
      ...['--permission-prompts', 'none', '--strict-mcp-config'],
      ...permissionArguments[call.permission],
      ...(call.model === undefined ? [] : ['--model', call.model]),
      ...(Number.isFinite(call.maxCostUsd) ? ['--max-budget-usd', String(call.maxCostUsd)] : []),
      ...(call.previous === undefined ? [] : ['--resume', call.previous.sessionId]),
    ],
    input: call.instructions,
  }),
  createReader,
}

/**
 * `--restricted` takes away what runs commands and confines the file tools to the folder. The bypass mode is not used for
 * `full`: it refuses to run as root, and a list of tools does the same.
 */
const permissionArguments: Readonly<Record<Permission, readonly string[]>> = {
  read: ['--restricted', '--permission-mode', 'dontAsk', '--tools', 'Read,Glob,Grep'],
  edit: [
    '--restricted',
    '--permission-mode',
    'acceptEdits',
    '--tools',
    'Read,Glob,Grep,Edit,Write,NotebookEdit,TodoWrite',
  ],
  full: [
    ...['--setting-sources', 'user', '--permission-mode', 'dontAsk'],
    ...['--allowedTools', 'Bash,Read,Glob,Grep,Edit,Write,NotebookEdit,TodoWrite,Task,WebFetch,WebSearch'],
  ],
}

const tokens = z.number().int().nonnegative()

const usage = z.object({
  input_tokens: tokens.optional(),
  cache_read_input_tokens: tokens.nullish(),
  cache_creation_input_tokens: tokens.nullish(),
  output_tokens: tokens.optional(),
})

/** By model. */
const modelUsage = z.record(
  z.string(),
  z.object({
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadInputTokens: tokens.default(0),
    cacheCreationInputTokens: tokens.default(0),
  }),
)

const init = z.object({ session_id: z.string(), model: z.string().optional() })
const retry = z.object({ attempt: z.number(), max_retries: z.number(), error_status: z.number().nullish() })

const system = z.object({ subtype: z.string() })

const assistant = z.object({
  message: z.object({
    id: z.string().optional(),
    content: z.array(z.object({ type: z.string(), name: z.string().optional() })),
    usage: usage.optional(),
  }),
})

const result = z.object({
  subtype: z.string(),
  is_error: z.boolean(),
  result: z.string().nullish(),
  errors: z.array(z.string()).optional(),
  session_id: z.string().optional(),
  duration_ms: z.number().nonnegative().optional(),
  total_cost_usd: z.number().nonnegative().optional(),
  usage: usage.optional(),
  modelUsage: modelUsage.optional(),
  permission_denials: z.array(z.object({ tool_name: z.string() })).optional(),
})

/** How a host would be asked for leave; nobody answers here. */
const controlRequest = z.object({ request: z.object({ subtype: z.string(), tool_name: z.string().optional() }) })

function createReader(call: ClientCall): EventInterpreter {
  const isNew = createMessageMemory()
  return byType({
    system: (event, tally) =>
      on(system, ({ subtype }) => {
        if (subtype === 'init') on(init, started)(event, tally)
        if (subtype === 'api_retry') on(retry, retried)(event, tally)
      })(event, tally),
    assistant: on(assistant, ({ message }, tally) => {
      for (const { type, name } of message.content) if (type === 'tool_use') tally.tool(name ?? 'tool')
      // The number of output tokens is the one at the message's start: only the result has the true one.
      if (message.usage !== undefined && isNew(message.id)) tally.usedMore(inputOf(message.usage))
    }),
    control_request: on(controlRequest, ({ request }, tally) => {
      if (request.subtype === 'can_use_tool') tally.asked(request.tool_name ?? 'a tool')
    }),
    result: on(result, (event, tally) => {
      if (event.session_id !== undefined) tally.session(event.session_id)
      if (event.duration_ms !== undefined) tally.took(event.duration_ms)
      if (event.usage !== undefined) tally.used(callUsage(event.usage, event.modelUsage ?? {}, call.previous))
      // Counts on over a resumed session, unlike the tokens.
      const cost = event.total_cost_usd
      if (cost !== undefined) tally.used({ costUsd: since(cost, call.previous?.costUsd) })
      for (const { tool_name } of event.permission_denials ?? []) tally.note(`was not allowed to use ${tool_name}`)
      if (typeof event.result === 'string') tally.answer(event.result)
      // `subtype` is "success" also for errors of the API.
      tally.finish({
        isError: event.is_error || event.subtype.startsWith('error'),
        message: event.errors?.join('; ') ?? event.result ?? event.subtype,
        isLimit: event.subtype === 'error_max_budget_usd' || event.subtype === 'error_max_turns',
      })
    }),
  })
}

const started = (event: z.output<typeof init>, tally: Parameters<EventInterpreter>[1]): void => {
  tally.session(event.session_id)
  if (event.model !== undefined) tally.model(event.model)
}

const retried = (event: z.output<typeof retry>, tally: Parameters<EventInterpreter>[1]): void =>
  tally.note(
    `tries again (${event.attempt} of ${event.max_retries}) after ${event.error_status ?? 'a lost connection'}`,
  )

type Tokens = z.output<typeof usage>

/** Here `input_tokens` leaves out what went through the cache. */
function inputOf(counted: Tokens): { inputTokens?: number; cachedTokens?: number } {
  if (counted.input_tokens === undefined) return {}
  const cached = counted.cache_read_input_tokens ?? 0
  const inputTokens = counted.input_tokens + cached + (counted.cache_creation_input_tokens ?? 0)
  return { inputTokens, cachedTokens: cached }
}

/**
 * `usage` is the main conversation's in this call. `modelUsage` is of all models and sub-agents and counts on over a resumed session, also
 * what a call used that was cut short; what a killed one could not save is missing from it. So of each number the larger counts.
 */
function callUsage(own: Tokens, models: z.output<typeof modelUsage>, previous: ClientCall['previous']): Usage {
  const all = Object.values(models)
  const cached = sumOf(all.map((model) => model.cacheReadInputTokens))
  const input = sumOf(all.map((model) => model.inputTokens + model.cacheCreationInputTokens)) + cached
  const { inputTokens = 0, cachedTokens = 0 } = inputOf(own)
  return {
    inputTokens: Math.max(inputTokens, since(input, previous?.inputTokens)),
    cachedTokens: Math.max(cachedTokens, since(cached, previous?.cachedTokens)),
    outputTokens: Math.max(
      own.output_tokens ?? 0,
      since(sumOf(all.map((model) => model.outputTokens)), previous?.outputTokens),
    ),
  }
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, value) => sum + value, 0)

/** One message comes as several events with the same usage; sub-agents may speak in between. */
const REMEMBERED = 32

function createMessageMemory(): (id: string | undefined) => boolean {
  let seen: readonly string[] = []
  return (id) => {
    if (id === undefined) return true
    if (seen.includes(id)) return false
    seen = [...seen, id].slice(-REMEMBERED)
    return true
  }
}
