import type { z } from 'zod'
import type { EventInterpreter } from './client-profile.ts'
import type { Tally } from './tally.ts'

type EventHandler = (event: object, tally: Tally) => void

/** Handles events of one type that have the form of the schema; one that has not is noted, for it may matter. */
export function on<Schema extends z.ZodType>(
  schema: Schema,
  handle: (event: z.output<Schema>, tally: Tally) => void,
): EventHandler {
  return (event, tally) => {
    const parsed = schema.safeParse(event)
    if (parsed.success) return handle(parsed.data, tally)
    tally.misread(`${typeOf(event)}: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`)
  }
}

/** Picks the handler by the event's `type`; clients add new types, and those are passed over. */
export function byType(handlers: Readonly<Record<string, EventHandler>>): EventInterpreter {
  const known = new Map(Object.entries(handlers))
  return (event, tally) => known.get(typeOf(event))?.(event, tally)
}

function typeOf(event: object): string {
  return 'type' in event && typeof event.type === 'string' ? event.type : ''
}

/**
 * For clients that count on when a session is taken up again: what this call has added. A total below the earlier one was counted
 * anew.
 */
export function since(total: number, previous: number | null | undefined): number {
  return total - (previous !== null && previous !== undefined && previous <= total ? previous : 0)
}
