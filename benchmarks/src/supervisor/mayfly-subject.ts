import { AgentSupervisor, type SupervisorOptions } from '@mayfly/supervisor'
import type { Subject } from './subject.ts'
import type { TimedTask, Timing } from './timed-task.ts'

export interface MayflyOptions extends SupervisorOptions {
  readonly name: string
  readonly isolation: 'thread' | 'process'
  readonly spares: number
}

/** The built package, as people install it. */
export const mayfly = async (task: TimedTask, { name, ...options }: MayflyOptions): Promise<Subject> => {
  const supervisor = new AgentSupervisor({ maxWorkers: 4, ...options })
  const handler = { module: task.module, export: task.export }
  if (options.spares > 0) await supervisor.prepare(handler, { spares: options.spares })
  const open = new Set<string>()
  let allEnded = Promise.withResolvers<void>()
  supervisor.on('session', (sessionId, state) => {
    if (state === 'ended') open.delete(sessionId)
    if (open.size === 0) allEnded.resolve()
  })
  return {
    name,
    isolates: true,
    queues: true,
    run: () => {
      const { sessionId, result } = supervisor.submit<Timing>({ handler, input: { waitMs: 0 } })
      if (open.size === 0) allEnded = Promise.withResolvers()
      open.add(sessionId)
      return result
    },
    settled: () => allEnded.promise,
    close: () => supervisor.close(),
  }
}
