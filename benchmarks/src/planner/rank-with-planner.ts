import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Agent, loadAgent, openLocalContext, type Plan, resolveAgent } from '@mayfly/agents'

/** Loads the planner as an application does. */
export function loadPlanner(): Promise<Agent> {
  return loadAgent(resolveAgent('planner', '/'))
}

/** Lets the planner plan for a folder and gives the plan that it wrote. */
export async function planFor(planner: Agent, cwd: string, prompt: string): Promise<Plan> {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-bench-plan-'))
  try {
    using context = openLocalContext({ folder })
    const step = { number: 0, name: 'bench', agent: 'planner', inputs: [], outputs: [] }
    await planner.run({ runId: 'bench', prompt, cwd, complexity: 0.5, step }, context)
    return JSON.parse(await readFile(join(folder, 'plan-bench.json'), 'utf8')) as Plan
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
