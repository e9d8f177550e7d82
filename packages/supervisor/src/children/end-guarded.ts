import { setTimeout } from 'node:timers/promises'
import type { GuardList } from './guard-list.ts'
import { findMarkedProcesses, isSameProcess, killTree, processGroup, signalGroup } from './process-tree.ts'

const PAUSE_MS = 25

/** A child between fork and exec still shows the environment of its parent, which has no marker: one empty look is not the end. */
const EMPTY_LOOKS = 2

/**
 * SIGKILLs everything on the list: groups first, which takes no look around, then whatever has one of its marks in
 * its marker. Resolves when nothing is found any more; has no time limit of its own.
 */
export const endGuarded = async (list: GuardList): Promise<void> => {
  for (const [leader, startTime] of list.groups) {
    if (isSameProcess(leader, startTime)) signalGroup(leader, 'SIGKILL')
  }
  for (let emptyLooks = 0; emptyLooks < EMPTY_LOOKS && list.marks.size > 0; ) {
    const found = await findMarkedProcesses(list.marks)
    for (const pid of found) endMarked(pid, list)
    emptyLooks = found.length === 0 ? emptyLooks + 1 : 0
    await setTimeout(PAUSE_MS)
  }
}

/**
 * A group whose leader is gone is ended when a member carries a marker, and only then. The kernel gives no new process the
 * number of a group that has members, so such a member vouches that the group is still the one on the list. Without one the
 * whole group may have gone before the supervisor could say so, and the number be another's. A leader that carries one ends its group
 * as well: the list may not have it yet.
 */
const endMarked = (pid: number, { groups }: GuardList): void => {
  const group = processGroup(pid)
  if (group !== null && (group === pid || groups.has(group))) signalGroup(group, 'SIGKILL')
  killTree(pid)
}
