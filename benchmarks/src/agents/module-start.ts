import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createOrchestrator, type Orchestrator } from '@mayfly/orchestrator-entry'
import type { Measure } from '../common/interleave.ts'

type Quantity = 'start, ms' | 'run, ms'

const kinds = {
  'in a thread': { isolation: 'thread' },
  'in a process': { isolation: 'process' },
  'kept to "read"': { permission: 'read' },
  'kept to "edit"': { permission: 'edit' },
} as const

/** A run of a module that does nothing, as an application starts it, by what it is kept to; all in one store. */
export const moduleMeasures = async (
  scratch: string,
  orchestrator: Orchestrator,
): Promise<Record<string, Measure<Quantity>>> => {
  const agent = join(scratch, 'nothing.mjs')
  await writeFile(agent, "export default () => 'done'\n")
  return Object.fromEntries(
    Object.entries(kinds).map(([name, options]) => [
      name,
      async () => {
        const { outcome } = await orchestrator.processUserPrompt('Do nothing', { agent, mode: 'worker', ...options })
        return { 'start, ms': outcome?.startedInMs ?? Number.NaN, 'run, ms': outcome?.ranMs ?? Number.NaN }
      },
    ]),
  )
}

export const openOrchestrator = (cwd: string): Orchestrator => createOrchestrator({ cwd, environment: {} })
