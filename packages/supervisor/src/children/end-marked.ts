import { setTimeout as delay } from 'node:timers/promises'
import { findMarkedProcesses, killTree } from './process-tree.ts'

const BETWEEN_LOOKS_MS = 25
const MOST_LOOKS = 10

/**
 * Ends what workers of another supervisor have left behind, found by the marker in its environment (Linux): also what that
 * supervisor had not yet heard of when it died. Resolves to the pids. Not for workers that this process has.
 */
export const endMarkedProcesses = async (workerIds: readonly string[]): Promise<readonly number[]> => {
  const ended = new Set<number>()
  for (let look = 0; workerIds.length > 0 && look < MOST_LOOKS; look++) {
    const found = await findMarkedProcesses(new Set(workerIds))
    if (found.length === 0) break
    for (const pid of found) {
      ended.add(pid)
      killTree(pid)
    }
    // What it was just starting shows its mark by then.
    await delay(BETWEEN_LOOKS_MS)
  }
  return [...ended]
}
