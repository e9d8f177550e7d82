/**
 * What a guardian has to end, as both sides know it: the supervisor applies each line to its own list and sends it. One line
 * is one change, in plain text:
 *
 *     watch-session <session id>
 *     forget-session <session id>
 *     watch-group <process id of the leader> <its start time, or ->
 *     forget-group <process id of the leader>
 */
export class GuardList {
  readonly #sessions: Set<string> = new Set()
  readonly #groups: Map<number, string | null> = new Map()

  get sessions(): ReadonlySet<string> {
    return this.#sessions
  }

  /** Leader of a process group → its start time, as `processStartTime` gives it. */
  get groups(): ReadonlyMap<number, string | null> {
    return this.#groups
  }

  get isEmpty(): boolean {
    return this.#sessions.size === 0 && this.#groups.size === 0
  }

  /** Lines that make an empty list like this one. */
  get lines(): string[] {
    const groups = [...this.#groups].map(([leader, startTime]) => watchGroupLine(leader, startTime))
    return [...[...this.#sessions].map(watchSessionLine), ...groups]
  }

  /** A line that it does not know changes nothing. */
  apply(line: string): void {
    const [change, subject = '', startTime = ''] = line.split(' ')
    if (change === 'watch-session') this.#sessions.add(subject)
    if (change === 'forget-session') this.#sessions.delete(subject)
    if (change === 'watch-group' && startTime !== '') {
      this.#groups.set(Number(subject), startTime === UNKNOWN ? null : startTime)
    }
    if (change === 'forget-group') this.#groups.delete(Number(subject))
  }
}

const UNKNOWN = '-'

/** The argument that tells a guardian from a program that merely imports its module. */
export const GUARD = 'guard'

export const watchSessionLine = (sessionId: string): string => `watch-session ${sessionId}`
export const forgetSessionLine = (sessionId: string): string => `forget-session ${sessionId}`
export const watchGroupLine = (leader: number, startTime: string | null): string =>
  `watch-group ${leader} ${startTime ?? UNKNOWN}`
export const forgetGroupLine = (leader: number): string => `forget-group ${leader}`
