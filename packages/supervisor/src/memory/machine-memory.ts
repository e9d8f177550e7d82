import { totalmem } from 'node:os'

/** Below this share of it the machine, or the cgroup, is about to swap or to kill. */
const SHORT_BELOW = 0.05

/** Whether there is hardly any memory left, whoever holds it. */
export const isMachineShort = (): boolean => {
  const constrained = process.constrainedMemory()
  const limit = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return process.availableMemory() < limit * SHORT_BELOW
}
