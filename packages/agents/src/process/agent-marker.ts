/** The environment variable by which everything that an agent's program has started is found again. */
export const AGENT_MARKER = 'MAYFLY_CLIENT'

/**
 * The marker's value: whose program it is and which one, after those around it when an agent runs inside an agent
 * (`claude:id/codex:id`). So the end of the outer one finds what the inner one has left.
 */
export function agentMark(client: string, id: string, around: string | undefined = process.env[AGENT_MARKER]): string {
  const own = `${client}:${id}`
  return around === undefined || around === '' ? own : `${around}/${own}`
}

export function idsOfMark(mark: string): readonly string[] {
  return mark.split('/').map((part) => part.slice(part.indexOf(':') + 1))
}

export function clientsOfMark(mark: string | undefined): readonly string[] {
  return (mark ?? '').split('/').map((part) => part.slice(0, Math.max(0, part.indexOf(':'))))
}
