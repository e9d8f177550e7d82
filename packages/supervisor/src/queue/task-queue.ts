import { type HeapEntry, IndexedHeap } from './indexed-heap.ts'

/** What a task says about its place in the queue. */
export interface QueuePlace {
  /** Milliseconds; of two tasks alike in all else the earlier goes first. */
  readonly since: number
  /** Higher goes first. */
  readonly priority: number
  /** Tasks of one key stand in a lane of their own. */
  readonly key: string | undefined
  /** It starts when fewer tasks of its key run. */
  readonly keyConcurrency: number
}

/**
 * What waits, and whose turn it is; knows nothing of workers.
 *
 * A point of priority is worth `agingMs` of waiting. As everybody's waiting grows alike, who comes before whom never changes:
 * the rank is `since - priority * agingMs`, the lowest goes first. So nothing starves: no task is overtaken by one that came
 * later than the difference of their priorities is worth.
 *
 * Each key has a lane, those without one share a lane that has no limit. A heap of lanes, by the rank of their heads, holds those
 * whose head may start; a lane at its limit stands aside, costs nothing and is in nobody's way. Every call takes O(log n).
 */
export class TaskQueue<Item> {
  readonly #agingMs: number
  readonly #waiting: Map<Item, Entry<Item>> = new Map()
  readonly #running: Map<Item, Lane<Item>> = new Map()
  readonly #lanes: Map<string | undefined, Lane<Item>> = new Map()
  readonly #open: IndexedHeap<Lane<Item>> = new IndexedHeap((one, other) => isBefore(headOf(one), headOf(other)))
  #count = 0

  constructor(agingMs: number) {
    this.#agingMs = agingMs
  }

  /** How many wait, whatever they wait for. */
  get size(): number {
    return this.#waiting.size
  }

  /** Whose turn it is; undefined when nothing waits but for its key. */
  get head(): Item | undefined {
    return this.#open.first?.first?.item
  }

  add(item: Item, { since, priority, key, keyConcurrency }: QueuePlace): void {
    const lane = this.#laneOf(key)
    const entry = {
      index: -1,
      item,
      lane,
      keyConcurrency,
      rank: since - priority * this.#agingMs,
      order: this.#count++,
    }
    this.#waiting.set(item, entry)
    lane.entries.add(entry)
    this.#settle(lane)
  }

  /** The head leaves the queue, and counts as one that runs until it is released. */
  take(): Item | undefined {
    const entry = this.#open.first?.first
    if (entry === undefined) return undefined
    const { item, lane } = entry
    this.#waiting.delete(item)
    this.#running.set(item, lane)
    lane.running++
    lane.entries.remove(entry)
    this.#settle(lane)
    return item
  }

  /** It waits no longer, or runs no longer; without effect on what is not known. */
  release(item: Item): void {
    const entry = this.#waiting.get(item)
    const lane = entry?.lane ?? this.#running.get(item)
    if (lane === undefined) return
    if (entry === undefined) lane.running--
    else lane.entries.remove(entry)
    this.#waiting.delete(item)
    this.#running.delete(item)
    this.#settle(lane)
  }

  #laneOf(key: string | undefined): Lane<Item> {
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    const lane = new Lane<Item>(key)
    this.#lanes.set(key, lane)
    return lane
  }

  /** After every change of a lane: it stands where its head belongs, or aside. */
  #settle(lane: Lane<Item>): void {
    if (!lane.isOpen) {
      if (lane.index >= 0) this.#open.remove(lane)
    } else if (lane.index < 0) this.#open.add(lane)
    else this.#open.moved(lane)
    if (lane.isForgotten) this.#lanes.delete(lane.key)
  }
}

interface Entry<Item> extends HeapEntry {
  readonly item: Item
  readonly lane: Lane<Item>
  readonly keyConcurrency: number
  readonly rank: number
  /** First come, first served among equals. */
  readonly order: number
}

class Lane<Item> implements HeapEntry {
  readonly key: string | undefined
  readonly entries: IndexedHeap<Entry<Item>> = new IndexedHeap<Entry<Item>>(isBefore)
  index = -1
  running = 0

  constructor(key: string | undefined) {
    this.key = key
  }

  get first(): Entry<Item> | undefined {
    return this.entries.first
  }

  get isOpen(): boolean {
    const { first } = this
    return first !== undefined && (this.key === undefined || this.running < first.keyConcurrency)
  }

  get isForgotten(): boolean {
    return this.running === 0 && this.entries.size === 0
  }
}

/** Of a lane that is open; no other stands in the heap of lanes. */
const headOf = <Item>(lane: Lane<Item>): Entry<Item> => lane.first as Entry<Item>

type Ranked = Pick<Entry<unknown>, 'rank' | 'order'>

const isBefore = (one: Ranked, other: Ranked): boolean =>
  one.rank < other.rank || (one.rank === other.rank && one.order < other.order)
