/**
 * What a guardian has to end, as both sides know it: the supervisor applies each line to its own list and sends it. One line
 * is one change, in plain text:
 *
 *     watch-mark <an id in the markers of processes, see `worker-marker.ts`>
 *     forget-mark <that id>
 *     watch-group <process id of the leader> <its start time, or ->
 *     forget-group <process id of the leader>
 */
export class GuardList {
  readonly #marks: Set<string> = new Set()
  readonly #groups: Map<number, string | null> = new Map()

  get marks(): ReadonlySet<string> {
    return this.#marks
  }

  /** Leader of a process group → its start time, as `processStartTime` gives it. */
  get groups(): ReadonlyMap<number, string | null> {
    return this.#groups
  }

  get isEmpty(): boolean {
    return this.#marks.size === 0 && this.#groups.size === 0
  }

  /** Lines that make an empty list like this one. */
  get lines(): string[] {
    const groups = [...this.#groups].map(([leader, startTime]) => watchGroupLine(leader, startTime))
    return [...[...this.#marks].map(watchMarkLine), ...groups]
  }

  /** A line that it does not know changes nothing. */
  apply(line: string): void {
    const [change, subject = '', startTime = ''] = line.split(' ')
    if (change === 'watch-mark') this.#marks.add(subject)
    if (change === 'forget-mark') this.#marks.delete(subject)
    if (change === 'watch-group' && startTime !== '') {
      this.#groups.set(Number(subject), startTime === UNKNOWN ? null : startTime)
    }
    if (change === 'forget-group') this.#groups.delete(Number(subject))
  }
}

const UNKNOWN = '-'

/** The argument that tells a guardian from a program that merely imports its module. */
export const GUARD = 'guard'

export const watchMarkLine = (id: string): string => `watch-mark ${id}`
export const forgetMarkLine = (id: string): string => `forget-mark ${id}`
export const watchGroupLine = (leader: number, startTime: string | null): string =>
  `watch-group ${leader} ${startTime ?? UNKNOWN}`
export const forgetGroupLine = (leader: number): string => `forget-group ${leader}`
