import type { PromptResult } from '@mayfly/orchestrator-entry'

type Steps = readonly Pick<PromptResult['steps'][number], 'number' | 'name' | 'status'>[]

/** What a person can do for a run that does not go on by itself; undefined for all others. */
export const whatNext = (
  { runId, status }: Pick<PromptResult['runRecord'], 'runId' | 'status'>,
  steps: Steps,
): string | undefined => {
  switch (status) {
    case 'waiting':
      return howToDecide(runId, steps)
    case 'interrupted':
      return `To go on: mayfly resume ${runId}`
    case 'failed':
    case 'cancelled':
      return `To try again${steps.length > 1 ? ' from there' : ''}: mayfly retry ${runId}`
    default:
      return undefined
  }
}

const howToDecide = (runId: string, steps: Steps): string => {
  const waiting = steps.filter(({ status }) => status === 'waiting')
  const names = waiting.map(({ number, name }) => `step ${number} (${name})`).join(', ')
  const which = waiting.length > 1 ? ' --step <number>' : ''
  return `It waits for a person to accept ${names}: mayfly approve ${runId}${which} [--reject --feedback <text>]`
}
