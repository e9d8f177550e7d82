import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ownProcesses } from './own-processes.ts'
import { UnmarkedProcesses } from './unmarked-processes.ts'
import { WORKER_MARKER, workersOfMark } from './worker-marker.ts'

/*
 * Child processes, as Linux's /proc shows them. Where there is no /proc only process groups are known (`signalGroup`).
 */

const MB = 1024 * 1024

/** USER_HZ, which Linux has fixed at 100 for whoever reads /proc. */
const MS_PER_TICK = 10

/** The processes that one thread of this process has started and not yet reaped. */
export const childrenOfThread = (threadId: number): number[] => readNumbers(`/proc/self/task/${threadId}/children`)

/** SIGKILLs a process and everything below it; parents first, so that none respawns what was killed. */
export const killTree = (pid: number): void => {
  const children = childrenOfProcess(pid)
  signal(pid, 'SIGKILL')
  for (const child of children) killTree(child)
}

/**
 * SIGKILLs every child process of this process and all below them, but for the supervisor's own helpers. For a process that
 * does nothing but run tasks.
 */
export const killOwnChildrenSync = (): void => {
  for (const child of ownChildren()) killTree(child)
}

/** The child processes of this process, whichever thread has started them, but for workers and their guardian. */
export const ownChildren = (): number[] => childrenOfProcess(process.pid).filter((pid) => !ownProcesses.has(pid))

/**
 * Those of them that its first thread has started, or that a thread has left which has ended: the kernel hands them to the first. To
 * ask all threads takes 0.2 ms, and more when they end: the kernel then drops, one by one, the entries of `/proc` that were read.
 */
export const childrenOfFirstThread = (): number[] =>
  childrenOfThread(process.pid).filter((pid) => !ownProcesses.has(pid))

/** Signals a process group by its leader. */
export const signalGroup = (leader: number, name: NodeJS.Signals): void => signal(-leader, name)

/**
 * Grows with every child process that this process has had and reaped, in any of its threads: the page faults of waited-for
 * children, field 11 of `/proc/self/stat`. Null where there is no /proc.
 */
export const reapedChildrenMark = (): string | null => statFields('self')?.[8] ?? null

/** MB of pages that a thread of this process has touched for the first time; undefined when it is gone. */
export const touchedByThread = (threadId: number): number | undefined => {
  const faults = statFields(`self/task/${threadId}`)?.[7]
  return faults === undefined ? undefined : (Number(faults) * bytesOfPage()) / MB
}

/** Tells a process from a later one with the same number; null when it is gone or there is no /proc. */
export const processStartTime = (pid: number): string | null => statFields(pid)?.[19] ?? null

/** Resident size (MB) and CPU time (ms) of a process; undefined when it is gone or there is no /proc. */
export const readProcessUsage = (pid: number): { rssMb: number; cpuMs: number } | undefined => {
  const fields = statFields(pid)
  if (fields === undefined) return undefined
  const [userTicks, systemTicks, pages] = [fields[11], fields[12], fields[21]].map(Number)
  return {
    rssMb: ((pages ?? 0) * bytesOfPage()) / MB,
    cpuMs: ((userTicks ?? 0) + (systemTicks ?? 0)) * MS_PER_TICK,
  }
}

let pageBytes: number | undefined

/** Node has no sysconf; the kernel's two figures for the same memory, in bytes and in pages, tell. 4096 on x64. */
const bytesOfPage = (): number => {
  pageBytes ??= 2 ** Math.round(Math.log2(process.memoryUsage.rss() / Number(statFields('self')?.[21])))
  return pageBytes
}

/** The group of a process; null when it is gone or there is no /proc. */
export const processGroup = (pid: number): number | null => {
  const group = statFields(pid)?.[2]
  return group === undefined ? null : Number(group)
}

/** False when a process has another parent, or is gone; without /proc it is taken at its word. */
export const isChildOf = (pid: number, parent: number): boolean =>
  hasProc ? Number(statFields(pid)?.[1]) === parent : true

/**
 * True for what a worker process may have started and left just now: the worker, born at `workerStart`, is gone, and the process
 * is younger and leads a session of its own, as all do that a task starts through its context.
 */
export const mayBeOrphanOf = (pid: number, worker: number, workerStart: string | null): boolean => {
  const [, , group, session] = statFields(pid) ?? []
  if (workerStart === null || Number(group) !== pid || Number(session) !== pid) return false
  return hasExited(worker, workerStart) && Number(processStartTime(pid)) >= Number(workerStart)
}

const hasExited = (pid: number, startTime: string): boolean =>
  processStartTime(pid) !== startTime || statFields(pid)?.[0] === 'Z'

/**
 * True when the process is still the one with that start time. Without /proc nothing is known of either, and the answer is
 * yes: there a number is taken at its word.
 */
export const isSameProcess = (leader: number, startTime: string | null): boolean =>
  startTime === null ? !hasProc : processStartTime(leader) === startTime

const hasProc = existsSync('/proc/self/stat')

/** What follows the command name, which stands in parentheses and may hold spaces: field 3 and on. */
const statFields = (pid: number | 'self' | `self/task/${number}`): string[] | undefined => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
  } catch {
    return undefined
  }
}

/** Looked at in one turn of the event loop: about a millisecond. */
const SLICE = 50

/**
 * Finds processes that carry one of the worker markers, also those that left their group or lost their parent. It reads
 * without libuv's pool of threads, which belongs to the process: a task can hold all of it for ever.
 */
export const findMarkedProcesses = async (
  workerIds: ReadonlySet<string>,
  unmarked: UnmarkedProcesses = new UnmarkedProcesses(),
): Promise<number[]> => {
  const found: number[] = []
  const all = allProcesses()
  unmarked.keepOnly(all)
  let read = 0
  for (const pid of all) {
    if (ownProcesses.has(pid) || unmarked.isKnown(pid, performance.now())) continue
    if (++read % SLICE === 0) await nextTurn()
    const carried = workersOf(environmentOf(pid))
    if (carried.length === 0) unmarked.add(pid, performance.now())
    if (carried.some((workerId) => workerIds.has(workerId)) && pid !== process.pid) found.push(pid)
  }
  return found
}

const allProcesses = (): number[] => {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** Empty when it is gone or another user's. */
const environmentOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}

const workersOf = (environment: string): string[] => {
  const prefix = `${WORKER_MARKER}=`
  const entry = environment.split('\0').find((candidate) => candidate.startsWith(prefix))
  return entry === undefined ? [] : workersOfMark(entry.slice(prefix.length))
}

const childrenOfProcess = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => readNumbers(`/proc/${pid}/task/${thread}/children`))
  } catch {
    return []
  }
}

const readNumbers = (path: string): number[] => {
  try {
    return readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Gone already is what was wanted; one that is another user's by now (sudo) cannot be ended from here. */
const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}
