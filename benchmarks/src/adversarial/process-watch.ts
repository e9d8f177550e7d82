import {
  childrenOf,
  describeProcess,
  findProcesses,
  isAlive,
  isStopped,
  killHard,
  type ProcessEntry,
  residentMb,
  startTimeOf,
} from './process-table.ts'

const INTERVAL_MS = 50

/** Of all of them together: a bomb that gets through must not take the machine. */
const MEMORY_CAP_MB = 3072

interface WatchListener {
  tooLarge(): void
  /** The root was stopped by a signal: it would be waited for in vain. */
  stopped(): void
}

/** Follows a process and all that descend from it, also when they have lost their parent. */
export class ProcessWatch implements Disposable {
  readonly #root: number
  readonly #id: string
  /** pid → start time, of every process that was ever seen below the root. */
  readonly #seen: Map<number, string | undefined> = new Map()
  readonly #timer: NodeJS.Timeout
  #peakMb = 0

  constructor(root: number, id: string, listener: WatchListener) {
    this.#root = root
    this.#id = id
    this.#timer = setInterval(() => {
      if (this.#measure() > MEMORY_CAP_MB) listener.tooLarge()
      if (isStopped(root)) listener.stopped()
    }, INTERVAL_MS)
  }

  get peakMb(): number {
    return Math.round(this.#peakMb)
  }

  /** Processes that are still there, the root excepted. */
  survivors(): ProcessEntry[] {
    const marked = findProcesses({ id: this.#id, session: this.#root })
    const followed = [...this.#seen.keys()].filter((pid) => this.#isStill(pid)).map(describeProcess)
    const all = new Map([...marked, ...followed].map((entry) => [entry.pid, entry]))
    all.delete(this.#root)
    return [...all.values()]
  }

  killSurvivors(): void {
    for (const { pid } of this.survivors()) killHard(pid)
  }

  killAll(): void {
    killHard(this.#root)
    this.killSurvivors()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #measure(): number {
    for (const pid of [this.#root, ...this.#seen.keys()]) this.#follow(pid)
    const alive = [this.#root, ...[...this.#seen.keys()].filter((pid) => this.#isStill(pid))]
    const totalMb = alive.reduce((sum, pid) => sum + residentMb(pid), 0)
    this.#peakMb = Math.max(this.#peakMb, totalMb)
    return totalMb
  }

  #follow(pid: number): void {
    if (pid !== this.#root && !this.#isStill(pid)) return
    for (const child of childrenOf(pid)) {
      if (this.#seen.has(child)) continue
      this.#seen.set(child, startTimeOf(child))
      this.#follow(child)
    }
  }

  #isStill(pid: number): boolean {
    return isAlive(pid) && startTimeOf(pid) === this.#seen.get(pid)
  }
}
