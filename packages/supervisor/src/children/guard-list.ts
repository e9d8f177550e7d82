/**
 * What a guardian has to end, as both sides know it: the supervisor applies each line to its own list and sends it. One line
 * is one change, in plain text:
 *
 *     watch-worker <worker id>
 *     forget-worker <worker id>
 *     watch-group <process id of the leader> <its start time, or ->
 *     forget-group <process id of the leader>
 */
export class GuardList {
  readonly #workers: Set<string> = new Set()
  readonly #groups: Map<number, string | null> = new Map()

  get workers(): ReadonlySet<string> {
    return this.#workers
  }

  /** Leader of a process group → its start time, as `processStartTime` gives it. */
  get groups(): ReadonlyMap<number, string | null> {
    return this.#groups
  }

  get isEmpty(): boolean {
    return this.#workers.size === 0 && this.#groups.size === 0
  }

  /** Lines that make an empty list like this one. */
  get lines(): string[] {
    const groups = [...this.#groups].map(([leader, startTime]) => watchGroupLine(leader, startTime))
    return [...[...this.#workers].map(watchWorkerLine), ...groups]
  }

  /** A line that it does not know changes nothing. */
  apply(line: string): void {
    const [change, subject = '', startTime = ''] = line.split(' ')
    if (change === 'watch-worker') this.#workers.add(subject)
    if (change === 'forget-worker') this.#workers.delete(subject)
    if (change === 'watch-group' && startTime !== '') {
      this.#groups.set(Number(subject), startTime === UNKNOWN ? null : startTime)
    }
    if (change === 'forget-group') this.#groups.delete(Number(subject))
  }
}

const UNKNOWN = '-'

/** The argument that tells a guardian from a program that merely imports its module. */
export const GUARD = 'guard'

export const watchWorkerLine = (workerId: string): string => `watch-worker ${workerId}`
export const forgetWorkerLine = (workerId: string): string => `forget-worker ${workerId}`
export const watchGroupLine = (leader: number, startTime: string | null): string =>
  `watch-group ${leader} ${startTime ?? UNKNOWN}`
export const forgetGroupLine = (leader: number): string => `forget-group ${leader}`
