import type { LostChild, Recovery, RunStore } from '@mayfly/run-store'
import { endMarkedProcesses } from '@mayfly/supervisor'
import type { Logger } from '../logger.ts'

/**
 * Ends all that lost processes have left running: what is on record, and what carries the mark of a lost session, for a process
 * that is killed while a task starts another has not written that down yet.
 */
export const endWhatIsLeft = async (store: RunStore, recovery: Recovery, logger: Logger): Promise<void> => {
  await endLostChildren(store, recovery.children, logger)
  for (const pid of await endMarkedProcesses(await lostSessions(store, recovery)))
    logger.info(`Ended process ${pid}, which a lost session had left behind`)
}

const lostSessions = async (store: RunStore, recovery: Recovery): Promise<string[]> => {
  const runs = [...recovery.requeued, ...recovery.interrupted, ...recovery.cancelled]
  const ids = new Set(runs.map(({ runId }) => runId))
  const sessions = await Promise.all([...ids].map((runId) => store.listSessions(runId)))
  return sessions
    .flat()
    .filter(({ status }) => status === 'lost')
    .map(({ sessionId }) => sessionId)
}

/**
 * Ends the child processes that dead supervisors have left. They are told from later processes by their start time, and are
 * asked for again by the next recovery until one of them has said that they are gone.
 */
const endLostChildren = async (store: RunStore, children: readonly LostChild[], logger: Logger): Promise<void> => {
  const ended = children.filter((child) => !child.isAlive || kill(child, logger))
  await store.forgetChildren(ended)
}

const kill = ({ pid, leadsGroup, sessionId }: LostChild, logger: Logger): boolean => {
  try {
    process.kill(leadsGroup ? -pid : pid, 'SIGKILL')
    logger.info(`Ended process ${pid}, which session ${sessionId} had left behind`)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true
    logger.warn(`Process ${pid}, left behind by session ${sessionId}, cannot be ended: ${String(error)}`)
    return false
  }
}
