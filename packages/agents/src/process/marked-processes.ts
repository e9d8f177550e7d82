import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { AGENT_MARKER, idsOfMark } from './agent-marker.ts'

/** One that exits during a look may have left a child that the look did not see: one empty look is not the end. */
const EMPTY_LOOKS = 2

/** A process that the kernel does not let go must not hold whoever waits: 80 × 25 ms. */
const MOST_LOOKS = 80
const BETWEEN_LOOKS_MS = 25

/** Looked at in one turn of the event loop: about a millisecond. */
const SLICE = 50

/**
 * Ends whatever carries the marker of one agent's program, also what left its process group or lost its parent (Linux). Resolves
 * to the processes that were ended.
 */
export async function endMarkedProcesses(id: string): Promise<readonly number[]> {
  const ended = new Set<number>()
  for (let looks = 0, empty = 0; looks < MOST_LOOKS && empty < EMPTY_LOOKS; looks++) {
    const found = await findMarkedProcesses(id)
    empty = found.length === 0 ? empty + 1 : 0
    for (const pid of found) {
      ended.add(pid)
      signalProcess(pid, 'SIGKILL')
    }
    if (found.length > 0) await delay(BETWEEN_LOOKS_MS)
  }
  return [...ended]
}

/** Where there is no `/proc` nothing is found; there only the process group ends with its leader. */
export async function findMarkedProcesses(id: string): Promise<readonly number[]> {
  const found: number[] = []
  for (const [index, pid] of allProcesses().entries()) {
    if (index % SLICE === SLICE - 1) await nextTurn()
    if (pid !== process.pid && idsOfMark(markOf(pid)).includes(id)) found.push(pid)
  }
  return found
}

/** Signals a process, or with a negative number a process group. Gone already is what was wanted. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Another user's by now (sudo): it cannot be ended from here.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

function allProcesses(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** Empty when the process is gone, another user's, or a zombie. */
function markOf(pid: number): string {
  const prefix = `${AGENT_MARKER}=`
  const entry = environmentOf(pid)
    .split('\0')
    .find((candidate) => candidate.startsWith(prefix))
  return entry?.slice(prefix.length) ?? ''
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return ''
  }
}
