import { z } from 'zod'
import type { AgentDefinition, AgentDefinitions } from './agent-definition.ts'
import { AgentDefinitionError } from './agent-errors.ts'
import { clientNames } from './clients/client-name.ts'
import { splitCommand } from './command/split-command.ts'
import { checkHttpFields, httpFields } from './http/http-fields.ts'
import { placeholdersIn } from './process/argument-template.ts'

const text = z.string().min(1)
const words = z.array(z.string())
const milliseconds = z.number().int().positive()
const permission = z.enum(['read', 'edit', 'full'])
const variable = z.string().regex(/^[A-Za-z_]\w*$/, 'is no name of an environment variable')

/** The name of an agent stands in records, logs and markers. */
const agentName = z.string().regex(/^[\w][\w.-]{0,63}$/, 'may have up to 64 letters, digits, ".", "_" and "-"')

const common = {
  description: text.exactOptional(),
  environment: z.array(variable).exactOptional(),
  limits: z
    .strictObject({
      startTimeoutMs: milliseconds.exactOptional(),
      idleTimeoutMs: milliseconds.exactOptional(),
      timeoutMs: milliseconds.exactOptional(),
      maxTokens: z.number().int().positive().exactOptional(),
      maxCostUsd: z.number().positive().exactOptional(),
      maxOutputBytes: z.number().int().positive().exactOptional(),
      maxAnswerBytes: z.number().int().positive().exactOptional(),
    })
    .exactOptional(),
}

const paid = z.boolean().exactOptional()
const prompt = z.enum(['stdin', 'file', 'argument']).exactOptional()

const client = z
  .strictObject({
    ...common,
    client: z.enum(clientNames),
    executable: text.exactOptional(),
    model: text.exactOptional(),
    permission: permission.exactOptional(),
  })
  .transform((given) => ({ kind: 'client' as const, ...given }))

const match = z.strictObject({
  where: z.record(text, z.union([z.string(), z.number(), z.boolean(), z.null()])),
})

const path = z.string().regex(/^[^.\s]+(\.[^.\s]+)*$/, 'is no dotted path such as "part.text"')

const events = z.strictObject({
  result: match,
  error: match.exactOptional(),
  permission: match.exactOptional(),
  tool: match.extend({ name: path.exactOptional() }).exactOptional(),
  text: match.extend({ path, append: z.boolean().exactOptional() }),
  sessionId: path.exactOptional(),
  model: path.exactOptional(),
  message: path.exactOptional(),
  usage: z
    .strictObject({
      inputTokens: path.exactOptional(),
      cachedTokens: path.exactOptional(),
      outputTokens: path.exactOptional(),
      costUsd: path.exactOptional(),
      inputIncludesCached: z.boolean().exactOptional(),
      sum: z.boolean().exactOptional(),
      cumulative: z.boolean().exactOptional(),
    })
    .exactOptional(),
})

const generic = z
  .strictObject({
    ...common,
    executable: text,
    arguments: words,
    resumeArguments: words.exactOptional(),
    modelArguments: words.exactOptional(),
    permissionArguments: z.partialRecord(permission, words),
    prompt,
    events,
    model: text.exactOptional(),
    permission: permission.exactOptional(),
    paid,
  })
  .superRefine((given, context) => {
    const { arguments: first, resumeArguments = [], modelArguments = [], permissionArguments } = given
    const all = [...first, ...resumeArguments, ...modelArguments, ...Object.values(permissionArguments).flat()]
    checkPlaceholders(all, ['prompt', 'prompt_file', 'model', 'session', 'cwd', 'run_id'], given.prompt, context)
  })
  .transform((given) => ({ kind: 'generic' as const, ...given }))

const command = z
  .strictObject({
    ...common,
    command: z.union([z.string(), z.array(z.string()).min(1)]).transform(toWords),
    prompt,
    result: z.enum(['stdout', 'file', 'none']).exactOptional(),
    paid,
  })
  .superRefine((given, context) =>
    checkPlaceholders(given.command, ['prompt', 'prompt_file', 'result_file', 'cwd', 'run_id'], given.prompt, context),
  )
  .transform((given) => ({ kind: 'command' as const, ...given }))

const http = z
  .strictObject({
    ...common,
    ...httpFields,
    model: text,
    apiKeyVariable: variable.exactOptional(),
    permission: permission.exactOptional(),
    paid,
  })
  .superRefine(checkHttpFields)
  .transform((given) => ({ kind: 'http' as const, ...given }))

const module = z
  .strictObject({
    ...{ description: common.description, environment: common.environment },
    module: text,
    permission: permission.exactOptional(),
    paid,
  })
  .transform((given) => ({ kind: 'module' as const, ...given }))

function toWords(given: string | readonly string[], context: z.RefinementCtx): readonly string[] {
  if (typeof given !== 'string') return given
  try {
    return splitCommand(given)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
    return z.NEVER
  }
}

function checkPlaceholders(
  templates: readonly string[],
  known: readonly string[],
  promptBy: string | undefined,
  context: z.RefinementCtx,
): void {
  const found = placeholdersIn(templates)
  for (const name of found.filter((candidate) => !known.includes(candidate))) {
    context.addIssue({ code: 'custom', message: `{{${name}}} is not known; expected one of ${known.join(', ')}` })
  }
  if (promptBy === 'argument' && !found.includes('prompt')) {
    context.addIssue({ code: 'custom', message: 'with prompt: argument, {{prompt}} has to stand in the arguments' })
  }
}

/** What kind of agent is described is told by the word that only that kind has. */
const kinds = { client, command, provider: http, executable: generic, module }

const kindWords = Object.keys(kinds) as (keyof typeof kinds)[]

/**
 * Parses descriptions of agents.
 *
 * @param source where they come from, for the message
 * @throws AgentDefinitionError
 */
export function parseAgentDefinitions(value: unknown, source: string): AgentDefinitions {
  const named = z.record(agentName, z.record(z.string(), z.unknown())).safeParse(value ?? {})
  if (!named.success) throw new AgentDefinitionError(source, problemsOf('', named.error))
  const parsed = Object.entries(named.data).map(([name, given]) => [name, parseDefinition(name, given)] as const)
  const problems = parsed.flatMap(([, { problems: found }]) => found)
  if (problems.length > 0) throw new AgentDefinitionError(source, problems)
  return Object.fromEntries(
    parsed.flatMap(([name, { definition }]) => (definition === null ? [] : [[name, definition]])),
  )
}

interface Parsed {
  readonly definition: AgentDefinition | null
  readonly problems: readonly string[]
}

function parseDefinition(name: string, given: Readonly<Record<string, unknown>>): Parsed {
  const key = kindWords.find((word) => given[word] !== undefined)
  if (key === undefined) {
    return { definition: null, problems: [`${name}: expected one of ${kindWords.join(', ')}`] }
  }
  const parsed = kinds[key].safeParse(given)
  return parsed.success
    ? { definition: parsed.data, problems: [] }
    : { definition: null, problems: problemsOf(name, parsed.error) }
}

function problemsOf(name: string, { issues }: z.ZodError): readonly string[] {
  return issues.map(({ path: at, message }) => `${[name, ...at].filter((part) => part !== '').join('.')}: ${message}`)
}
