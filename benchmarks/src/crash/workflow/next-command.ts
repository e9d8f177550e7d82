import type { Scenario } from './scenario.ts'
import type { Standing } from './standing.ts'

export const RUN_ID = 'whole'

/** What a person types next, who sees how the run stands; undefined when there is nothing to do any more. */
export const nextCommand = (scenario: Scenario, standing: Standing | undefined): readonly string[] | undefined => {
  switch (standing?.status) {
    case undefined:
      return [
        ...['run', '--all-steps', '--run-id', RUN_ID, '--prompt', 'Add a greeting', '--workflow', scenario.workflow],
        ...scenario.options,
      ]
    case 'waiting': {
      const answer = scenario.answers[standing.decisions]
      return answer && ['approve', RUN_ID, ...answer]
    }
    case 'failed': {
      const [command, ...options] = scenario.remedies[standing.code ?? ''] ?? []
      return command === undefined ? undefined : [command, RUN_ID, ...options]
    }
    case 'completed':
    case 'cancelled':
      return undefined
    default:
      return ['resume', RUN_ID]
  }
}
