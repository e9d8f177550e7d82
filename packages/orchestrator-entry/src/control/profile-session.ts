import type { RunStore, SessionRecord } from '@mayfly/run-store'
import { UsageError } from '../errors.ts'
import { type Surroundings, withStore } from '../surroundings.ts'
import { type AskOptions, askHost } from './control-client.ts'
import { ControlError } from './control-error.ts'
import type { ControlResult, ProfileRequest } from './control-protocol.ts'

export interface SessionProfileOptions extends Omit<ProfileRequest, 'type' | 'sessionId'>, AskOptions {}

/**
 * Has the process that runs a session write a profile of its worker, wherever that process is on this machine.
 * @param id of a session, or of a run, which means the session that it has now.
 * @throws UsageError `SESSION_NOT_FOUND`; ControlError `PROFILE_NO_WORKER` when it has ended, `PROFILE_UNSUPPORTED` when it runs in place,
 * `CONTROL_NO_HOST`, or the code with which the supervisor refused.
 */
export const profileSession = async (
  surroundings: Surroundings,
  id: string,
  { signal, onAccepted, ...profile }: SessionProfileOptions,
): Promise<ControlResult> => {
  const { sessionId, bootId } = await withStore(surroundings, (store) => locate(store, id))
  return await askHost(bootId, { type: 'profile', sessionId, ...profile }, { signal, onAccepted })
}

const locate = async (store: RunStore | undefined, id: string): Promise<{ sessionId: string; bootId: string }> => {
  const session = store && ((await sessionOfRun(store, id)) ?? (await sessionById(store, id)))
  const run = session?.runId ? await store?.getRun(session.runId) : undefined
  if (session === undefined || run === undefined) throw notFound(id)
  if (session.endedAt !== null) {
    throw new ControlError('PROFILE_NO_WORKER', `Session ${session.sessionId} has ended (${session.status}).`)
  }
  if (session.isolation === 'in-process') throw inPlace(session)
  return { sessionId: session.sessionId, bootId: run.bootId }
}

/** The last one that has not ended, or else the last. */
const sessionOfRun = async (store: RunStore, runId: string): Promise<SessionRecord | undefined> => {
  const sessions = await store.listSessions(runId)
  return sessions.findLast(({ endedAt }) => endedAt === null) ?? sessions.at(-1)
}

const sessionById = async (store: RunStore, id: string): Promise<SessionRecord | undefined> =>
  (await store.listSessions()).find(({ sessionId }) => sessionId === id)

const notFound = (id: string): UsageError =>
  new UsageError(
    'SESSION_NOT_FOUND',
    `No session or run ${id} with a worker on record here. \`mayfly runs\` lists the runs, \`mayfly runs show <id>\` their sessions.`,
  )

const inPlace = ({ sessionId }: SessionRecord): ControlError =>
  new ControlError(
    'PROFILE_UNSUPPORTED',
    `Session ${sessionId} runs in place, in the command's own process, not in a worker. Run it with --mode worker.`,
  )
