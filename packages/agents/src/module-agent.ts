import type { Agent, AgentFunction, AgentResult } from './agent.ts'
import { type JsonValue, toJsonValue } from './json-value.ts'

/** A summary is a line for a person; longer ones are cut. Characters. */
const longestSummary = 1_000

/** Makes an agent of a user's function; what the function returns is checked and becomes `{ summary, output }`. */
export function createModuleAgent(name: string, work: AgentFunction): Agent {
  return {
    name,
    run: async (request, context) => toAgentResult(name, await work(request, context)),
  }
}

/**
 * A string is both summary and output. An object's own string `summary` is kept, and its `output` if it has one.
 * Anything else is the output, and the summary says what kind of value it is.
 *
 * @throws AgentResultError when the value is not JSON.
 */
export function toAgentResult(name: string, returned: unknown): AgentResult {
  const value = returned === undefined ? null : toJsonValue(returned)
  if (typeof value === 'string') return { summary: shorten(value), output: value }
  if (!hasSummary(value)) return { summary: `${name} returned ${describe(value)}`, output: value }
  return { summary: shorten(value.summary), output: value['output'] === undefined ? value : value['output'] }
}

/** A text is the output; its first line that says something is the summary. */
export function resultOfText(text: string): Pick<AgentResult, 'summary' | 'output'> {
  const line = text.split('\n', 50).find((candidate) => candidate.trim() !== '') ?? ''
  return { summary: shorten(line.trim()), output: text }
}

function hasSummary(value: JsonValue): value is { readonly [key: string]: JsonValue } & { readonly summary: string } {
  return isRecord(value) && typeof value['summary'] === 'string'
}

function isRecord(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function describe(value: JsonValue): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (!isRecord(value)) return String(value)
  const keys = Object.keys(value)
  return keys.length === 0
    ? 'an empty object'
    : shorten(`an object with ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ' …' : ''}`)
}

function shorten(text: string): string {
  return text.length <= longestSummary ? text : `${text.slice(0, longestSummary - 1)}…`
}
