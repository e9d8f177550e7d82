/** When a process of a play is killed with SIGKILL. Processes are counted from 0, commits and times from 1. */
export type Death =
  /** Before it writes what is its n-th transaction. */
  | { readonly at: 'commit'; readonly process: number; readonly commit: number }
  /** Inside a step, when its agent comes to this moment for the n-th time. */
  | { readonly at: 'agent'; readonly step: number; readonly moment: string; readonly times: number }
  /** So many milliseconds after its start. */
  | { readonly at: 'time'; readonly process: number; readonly afterMs: number }

export const describeDeath = (death: Death): string => {
  switch (death.at) {
    case 'commit':
      return `process ${death.process} before its transaction ${death.commit}`
    case 'agent':
      return `step ${death.step}, ${death.moment}, time ${death.times}`
    case 'time':
      return `process ${death.process} after ${death.afterMs} ms`
  }
}
