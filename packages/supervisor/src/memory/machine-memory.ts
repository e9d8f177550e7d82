import { totalmem } from 'node:os'

/** Below this share of it the machine, or the cgroup, is about to swap or to kill. */
const SHORT_BELOW = 0.05

/** MB that the machine, or the cgroup, has left. */
export const availableMb = (): number => process.availableMemory() / 1024 ** 2

/** Bytes: the smaller of machine and cgroup. */
export const memoryLimit = (): number => {
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}

/** From 0 to 1, whoever holds the rest. */
export const freeMemoryShare = (): number => process.availableMemory() / memoryLimit()

/** Whether there is hardly any memory left. */
export const isMachineShort = (): boolean => freeMemoryShare() < SHORT_BELOW
