/**
 * Memory that no thread's heap statistics show: SharedArrayBuffers on every Node, WebAssembly memory on Node 26 (on 22 and 24 it
 * counts as external). Only the resident size of the whole process tells of it, so two questions have to be answered:
 * is there more than the threads account for, and whose is it?
 *
 * The first by keeping books: what was resident before, what this thread's own heap and each worker's took since. The second by
 * the kernel's count of page faults: whoever touches new memory takes one for each page, and what it takes beyond the
 * growth that its own heap shows is memory that nobody sees. On Node 24 and 26 that named the right one of three busy threads in 41 of
 * 41 seconds; on Node 22 beside a thread that churns 1 MB Buffers in 5 of 41. Certainty has tier `process`.
 */

/** Memory is MB. */
export interface ThreadReading<Key> {
  readonly key: Key
  /** What its heap and its external memory take, as it shows itself. */
  readonly shownMb: number
  /** MB of pages that it has touched for the first time, since it was born. */
  readonly touchedMb: number
  /** What it may hold beyond that: outside its heap, and inside as long as a native call keeps it from answering. */
  readonly allowanceMb: number
}

export interface ResidentReading<Key> {
  readonly rssMb: number
  /** What the heap and the external memory of the supervisor's own thread take. */
  readonly ownMb: number
  readonly threads: readonly ThreadReading<Key>[]
}

export interface Culprit<Key> {
  readonly key: Key
  readonly unseenMb: number
  readonly limitMb: number
}

interface Book {
  peakMb: number
  shownMb: number
  touchedMb: number
  unseenMb: number
  /** Of the last readings, newest last. */
  recent: number[]
}

/** Native code, stacks, what malloc keeps: not a task's doing. */
const SLACK_MB = 128

/** Readings that make about a second. */
const WINDOW = 40

/** Who grows by less in a second is not what is filling the machine. */
const LEAST_GROWTH_MB = 16

export class ResidentWatch<Key> {
  readonly #books: Map<Key, Book> = new Map()
  readonly #rss: number[] = []
  #baseMb: number | undefined
  #ownPeakMb = 0
  /** What threads that have ended once took: the allocator may keep it. */
  #goneMb = 0
  #readingsUntilForgiven: number | undefined

  /** Who has to go, if anyone. Expects a reading each 25 ms as long as there are threads. */
  read(reading: ResidentReading<Key>): Culprit<Key> | undefined {
    this.#enter(reading)
    this.#forgive(reading.rssMb)
    const unseenMb = reading.rssMb - this.#explainedMb()
    const limitMb = SLACK_MB + sum(reading.threads.map(({ allowanceMb }) => allowanceMb))
    if (unseenMb <= limitMb || this.#readingsUntilForgiven !== undefined) return undefined
    const key = this.#growing() ?? this.#grown(unseenMb)
    if (key === undefined) return undefined
    // It takes a moment until its memory is back; what stays then was not the doing of whoever comes next.
    this.#readingsUntilForgiven = WINDOW
    return { key, unseenMb, limitMb }
  }

  /** No thread runs: what is resident now is the measure for the next. */
  rest(): void {
    this.#books.clear()
    this.#rss.length = 0
    this.#baseMb = undefined
    this.#ownPeakMb = 0
    this.#goneMb = 0
    this.#readingsUntilForgiven = undefined
  }

  #enter({ rssMb, ownMb, threads }: ResidentReading<Key>): void {
    this.#baseMb ??= rssMb - ownMb - sum(threads.map(({ shownMb }) => shownMb))
    this.#ownPeakMb = Math.max(this.#ownPeakMb, ownMb)
    keepLast(this.#rss, rssMb)
    for (const thread of threads) this.#keepBook(thread)
    const living = new Set(threads.map(({ key }) => key))
    for (const [key, { peakMb }] of this.#books) {
      if (living.has(key)) continue
      this.#goneMb += peakMb
      this.#books.delete(key)
    }
  }

  #keepBook({ key, shownMb, touchedMb }: ThreadReading<Key>): void {
    const book = this.#books.get(key)
    if (book === undefined) {
      this.#books.set(key, { peakMb: shownMb, shownMb, touchedMb, unseenMb: 0, recent: [] })
      return
    }
    const unseenMb = Math.max(0, touchedMb - book.touchedMb - Math.abs(shownMb - book.shownMb))
    book.unseenMb += unseenMb
    keepLast(book.recent, unseenMb)
    book.peakMb = Math.max(book.peakMb, shownMb)
    book.shownMb = shownMb
    book.touchedMb = touchedMb
  }

  #explainedMb(): number {
    return (
      (this.#baseMb ?? 0) + this.#ownPeakMb + this.#goneMb + sum([...this.#books.values()].map((book) => book.peakMb))
    )
  }

  #forgive(rssMb: number): void {
    if (this.#readingsUntilForgiven === undefined || --this.#readingsUntilForgiven > 0) return
    this.#readingsUntilForgiven = undefined
    this.#baseMb = (this.#baseMb ?? 0) + Math.max(0, rssMb - this.#explainedMb())
  }

  /** Who has touched at least half of what came in the last second. */
  #growing(): Key | undefined {
    const growthMb = (this.#rss.at(-1) ?? 0) - (this.#rss[0] ?? 0)
    return growthMb < LEAST_GROWTH_MB ? undefined : this.#first((book) => sum(book.recent), growthMb / 2)
  }

  /** Who has touched at least half of it over time, however slowly. */
  #grown(unseenMb: number): Key | undefined {
    return this.#first((book) => book.unseenMb, unseenMb / 2)
  }

  #first(measure: (book: Book) => number, leastMb: number): Key | undefined {
    const [first] = [...this.#books].toSorted(([, left], [, right]) => measure(right) - measure(left))
    return first !== undefined && measure(first[1]) >= leastMb ? first[0] : undefined
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const keepLast = (values: number[], value: number): void => {
  values.push(value)
  if (values.length > WINDOW) values.shift()
}
