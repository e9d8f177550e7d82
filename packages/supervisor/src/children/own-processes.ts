/** Processes that this one has started for itself: workers and their guardian. No sweep takes them for a task's strays. */
export const ownProcesses: Set<number> = new Set()
