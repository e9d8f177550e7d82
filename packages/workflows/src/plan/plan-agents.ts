import { z } from 'zod'
import type { Workflow, WorkflowStep } from '../workflow.ts'
import type { PlanReport } from './plan-report.ts'

/** For an agent of the workflow, those that take over from it. */
export type FallbackAgents = (agent: string) => readonly string[]

const agent = z.string('expected the name of an agent').trim().min(1)
// Each step keeps its own list, and 10,000 steps may share a long one.
const MOST_FALLBACKS = 20
const agents = z
  .union([z.array(agent), agent], { error: 'expected an agent or a list of agents' })
  .transform((written) => (Array.isArray(written) ? written : [written]))
  .refine((listed) => listed.length <= MOST_FALLBACKS, `expected at most ${MOST_FALLBACKS} agents`)
const fallbacks = z.union([z.record(z.string(), agents.nullable()), agents], {
  error: 'expected a map of agents with those that take over, or a list of agents',
})

/** Reads `fallback_agents` of the workflow: for each agent one or a list, or one list for all of them. */
export function planFallbacks(workflow: Workflow, report: PlanReport): FallbackAgents {
  const read = report.read(fallbacks, workflow.fallback_agents, ['fallback_agents']) ?? []
  if (Array.isArray(read)) return () => read
  return (name) => (Object.hasOwn(read, name) ? (read[name] ?? []) : [])
}

/** The agent of a step and its fallbacks: those of the step, or else those that the workflow has for its agent. */
export function planAgents(
  step: WorkflowStep,
  position: number,
  fallbackAgents: FallbackAgents,
  report: PlanReport,
): [string, ...string[]] {
  const key = step['fallback_agent'] === undefined ? 'fallback_agents' : 'fallback_agent'
  const own = report.read(agents, step[key], ['steps', position, key])
  const others = (own ?? fallbackAgents(step.agent)).filter((name) => name !== step.agent)
  return [step.agent, ...new Set(others)]
}
