import { mkdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createOrchestrator, type Orchestrator } from '@mayfly/orchestrator-entry'
import { now } from '../common/clock.ts'

export const timingAgent: string = fileURLToPath(new URL('../fixtures/timing-agent.mjs', import.meta.url))

/** Each step after the one before it, or all of them at once. */
export type Shape = 'chain' | 'wide'

export interface Flow {
  readonly shape: Shape
  readonly steps: number
  readonly mode: 'legacy' | 'worker'
}

export interface ExecutedFlow {
  /** Milliseconds from the call to its answer. */
  readonly totalMs: number
  /** From the call to the begin of the first agent. */
  readonly firstMs: number
  /** From the end of each agent to the begin of the next; of a chain, that is all that is not the agents' own time. */
  readonly betweenMs: readonly number[]
}

let folders = 0

/** Executes a workflow of trivial steps, in a store of its own. */
export const executeFlow = (scratch: string, flow: Flow): Promise<ExecutedFlow> =>
  inFolder(scratch, flow, async (orchestrator, workflow) => {
    const calledAt = now()
    const { steps } = await orchestrator.processUserPrompt('Do nothing', {}, { workflow })
    const answeredAt = now()
    const times = steps.map(({ result }) => timesOf(result)).sort((one, other) => one.began - other.began)
    return {
      totalMs: answeredAt - calledAt,
      firstMs: (times[0]?.began ?? answeredAt) - calledAt,
      betweenMs: times.slice(1).map(({ began }, index) => began - (times[index]?.ended ?? began)),
    }
  })

/** Milliseconds until a workflow is planned, routed and on record with all its steps. */
export const acceptFlow = (scratch: string, flow: Flow): Promise<number> =>
  inFolder(scratch, flow, async (orchestrator, workflow) => {
    const calledAt = now()
    await orchestrator.submitPrompt('Do nothing', {}, { workflow })
    return now() - calledAt
  })

const inFolder = async <Value>(
  scratch: string,
  flow: Flow,
  act: (orchestrator: Orchestrator, workflow: string) => Promise<Value>,
): Promise<Value> => {
  const cwd = join(scratch, `flow-${++folders}`)
  mkdirSync(join(cwd, '.git'), { recursive: true })
  const workflow = join(cwd, 'flow.yaml')
  writeFileSync(workflow, toYaml(flow))
  const environment = { ...process.env, MAYFLY_HOME: join(cwd, '.mayfly') }
  const orchestrator = createOrchestrator({ cwd, agent: timingAgent, mode: flow.mode, steps: 'all', environment })
  try {
    return await act(orchestrator, workflow)
  } finally {
    await orchestrator.cleanup()
    await rm(cwd, { recursive: true, force: true })
  }
}

const toYaml = ({ shape, steps }: Flow): string => {
  const needs = shape === 'wide' ? ', needs: []' : ''
  const lines = Array.from(
    { length: steps },
    (_, step) => `  - { step: ${step}, name: Step ${step}, agent: a${needs} }`,
  )
  return `name: flow\nsteps:\n${lines.join('\n')}\n`
}

interface Times {
  readonly began: number
  readonly ended: number
}

const timesOf = (result: unknown): Times => (result as { readonly output: Times }).output
