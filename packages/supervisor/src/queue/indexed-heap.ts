/** Knows where in its heap it stands, so that it can leave from the middle. */
export interface HeapEntry {
  /** Written by the heap alone; below 0 in none. */
  index: number
}

/** A binary heap: the first is known at once, every change takes O(log n). An entry is in one heap at most. */
export class IndexedHeap<Entry extends HeapEntry> {
  readonly #isBefore: (one: Entry, other: Entry) => boolean
  readonly #entries: Entry[] = []

  constructor(isBefore: (one: Entry, other: Entry) => boolean) {
    this.#isBefore = isBefore
  }

  get size(): number {
    return this.#entries.length
  }

  get first(): Entry | undefined {
    return this.#entries[0]
  }

  add(entry: Entry): void {
    this.#put(entry, this.#entries.length)
    this.#rise(entry)
  }

  remove(entry: Entry): void {
    const { index } = entry
    const last = this.#entries.pop()
    entry.index = -1
    if (last === undefined || last === entry) return
    this.#put(last, index)
    this.moved(last)
  }

  /** Call it when an entry's place in the order has changed. */
  moved(entry: Entry): void {
    this.#rise(entry)
    this.#sink(entry)
  }

  #rise(entry: Entry): void {
    for (let index = entry.index; index > 0; index = entry.index) {
      const parent = this.#entries[(index - 1) >> 1] as Entry
      if (!this.#isBefore(entry, parent)) return
      this.#put(parent, index)
      this.#put(entry, (index - 1) >> 1)
    }
  }

  #sink(entry: Entry): void {
    for (let child = this.#firstChild(entry); child !== undefined; child = this.#firstChild(entry)) {
      if (!this.#isBefore(child, entry)) return
      const { index } = entry
      this.#put(entry, child.index)
      this.#put(child, index)
    }
  }

  #firstChild({ index }: Entry): Entry | undefined {
    const left = this.#entries[2 * index + 1]
    const right = this.#entries[2 * index + 2]
    return left !== undefined && right !== undefined && this.#isBefore(right, left) ? right : left
  }

  #put(entry: Entry, index: number): void {
    this.#entries[index] = entry
    entry.index = index
  }
}
