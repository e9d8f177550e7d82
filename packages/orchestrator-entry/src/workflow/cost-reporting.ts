import type { AgentReference } from '@mayfly/agents'
import { reportsCost, reportsTokens } from '@mayfly/agents'
import { UsageError } from '../errors.ts'
import type { Budget } from './budget.ts'
import type { PreparedWorkflow } from './prepare-workflow.ts'

/**
 * A limit that an agent cannot be held to is refused, not ignored. An agent of the user's own may report; whether it does is seen
 * when it has worked.
 * @throws UsageError `SETTING_INVALID`
 */
export const assertCostIsReported = ({ costUsd, tokens }: Budget, { agents }: PreparedWorkflow): void => {
  if (costUsd !== null) refuse(agents, reportsCost, 'what it costs', '--max-cost', '--max-tokens or --max-time')
  if (tokens !== null) refuse(agents, reportsTokens, 'how many tokens it uses', '--max-tokens', '--max-time')
}

const refuse = (
  agents: PreparedWorkflow['agents'],
  reports: (agent: AgentReference) => boolean,
  what: string,
  option: string,
  instead: string,
): void => {
  const silent = Object.entries(agents).find(([, agent]) => !reports(agent))
  if (silent === undefined) return
  const [role, { name }] = silent
  const who = role === name ? name : `${name}, which does the work of ${role},`
  throw new UsageError(
    'SETTING_INVALID',
    `${option} cannot hold: agent ${who} does not report ${what}. Use ${instead} instead, or another agent.`,
  )
}
