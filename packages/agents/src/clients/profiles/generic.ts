import { AgentOptionError } from '../../agent-errors.ts'
import { fillArguments } from '../../process/argument-template.ts'
import type { ClientCall, ClientProfile, EventInterpreter, Invocation } from '../client-profile.ts'
import { since } from '../event-handlers.ts'
import type { EventMatch, GenericClient, GenericUsage } from '../generic-client.ts'
import type { Tally, Usage } from '../tally.ts'

/** A client that is told of by configuration. */
export function createGenericProfile(client: GenericClient): ClientProfile {
  return {
    countsTools: client.events.tool !== undefined,
    invoke: (call) => invoke(client, call),
    createReader: (call) => createReader(client, call),
  }
}

function invoke(client: GenericClient, call: ClientCall): Invocation {
  const templates = [
    ...client.arguments,
    ...permissionArguments(client, call),
    ...modelArguments(client, call),
    ...(call.previous === undefined ? [] : (client.resumeArguments ?? [])),
  ]
  const values = {
    prompt: call.instructions,
    prompt_file: call.promptFile,
    model: call.model,
    session: call.previous?.sessionId,
    cwd: call.cwd,
    run_id: call.runId,
  }
  return {
    arguments: fillArguments(templates, values),
    input: (client.prompt ?? 'stdin') === 'stdin' ? call.instructions : null,
    environment: client.prompt === 'file' ? { MAYFLY_PROMPT_FILE: call.promptFile } : {},
  }
}

function permissionArguments({ permissionArguments: known }: GenericClient, call: ClientCall): readonly string[] {
  const chosen = known[call.permission]
  if (chosen !== undefined) return chosen
  const names = Object.keys(known).join(', ') || 'none'
  throw new AgentOptionError(call.agent, 'permission', `it is described for ${names}, not for "${call.permission}"`)
}

function modelArguments({ modelArguments: known }: GenericClient, { agent, model }: ClientCall): readonly string[] {
  if (model === undefined) return []
  if (known !== undefined) return known
  throw new AgentOptionError(agent, 'model', 'its description has no modelArguments')
}

function createReader({ events }: GenericClient, call: ClientCall): EventInterpreter {
  return (event, tally) => {
    const { text } = events
    takeNames(event, events.sessionId, (name) => tally.session(name))
    takeNames(event, events.model, (name) => tally.model(name))
    if (events.tool !== undefined && matches(event, events.tool)) tally.tool(nameOf(event, events.tool.name))
    if (matches(event, text))
      takeNames(event, text.path, (said) => (text.append ? tally.addToAnswer(said) : tally.answer(said)))
    if (events.usage !== undefined) takeUsage(event, events.usage, call, tally)
    if (events.permission !== undefined && matches(event, events.permission)) tally.asked(nameOf(event, events.message))
    if (matches(event, events.result)) {
      const isError = events.error !== undefined && matches(event, events.error)
      tally.finish({ isError, message: textAt(event, events.message) })
    }
  }
}

function takeNames(event: object, path: string | undefined, take: (value: string) => void): void {
  const value = textAt(event, path)
  if (value !== undefined && value !== '') take(value)
}

function nameOf(event: object, path: string | undefined): string {
  return textAt(event, path) ?? 'tool'
}

function takeUsage(event: object, paths: GenericUsage, { previous }: ClientCall, tally: Tally): void {
  const usage = usageIn(event, paths)
  if (usage === undefined) return
  if (paths.sum) return tally.usedMore(usage)
  tally.used(paths.cumulative ? sincePrevious(usage, previous) : usage)
}

function usageIn(event: object, paths: GenericUsage): Usage | undefined {
  const read = (path: string | undefined): number | undefined => numberAt(event, path)
  const [input, cachedTokens] = [read(paths.inputTokens), read(paths.cachedTokens)]
  const [outputTokens, costUsd] = [read(paths.outputTokens), read(paths.costUsd)]
  const inputTokens = input !== undefined && paths.inputIncludesCached === false ? input + (cachedTokens ?? 0) : input
  const known = Object.entries({ inputTokens, cachedTokens, outputTokens, costUsd }).filter(
    ([, value]) => value !== undefined,
  )
  return known.length === 0 ? undefined : Object.fromEntries(known)
}

function sincePrevious(usage: Usage, previous: ClientCall['previous']): Usage {
  const entries = Object.entries(usage) as [keyof Usage, number][]
  return Object.fromEntries(entries.map(([name, total]) => [name, since(total, previous?.[name])]))
}

function matches(event: object, { where }: EventMatch): boolean {
  return Object.entries(where).every(([path, value]) => valueAt(event, path) === value)
}

function textAt(event: object, path: string | undefined): string | undefined {
  const value = path === undefined ? undefined : valueAt(event, path)
  return typeof value === 'string' ? value : undefined
}

/** Anything that is not a count is not reported. */
function numberAt(event: object, path: string | undefined): number | undefined {
  const value = path === undefined ? undefined : valueAt(event, path)
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

/** Own properties only: `constructor` is no event's field. */
function valueAt(event: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => {
    const isObject = typeof value === 'object' && value !== null
    return isObject && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
  }, event)
}
