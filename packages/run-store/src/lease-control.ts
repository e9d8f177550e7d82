/** What a lease's thread is told when it starts. */
export interface LeaseOrder {
  readonly path: string
  readonly bootId: string
  readonly leaseMs: number
  readonly control: SharedArrayBuffer
}

/** `starting → open → closed`; `closed` at once when it was told to stop before it had begun. */
export const LEASE_PHASE = { starting: 0, open: 1, closed: 2 } as const
export type LeasePhase = (typeof LEASE_PHASE)[keyof typeof LEASE_PHASE]

const STOP = 0
const PHASE = 1

/**
 * What a store's main thread and the thread of its lease share: an order to stop and a phase. No messages, because neither
 * side may have an event loop that turns: the one closes in an exit hook, the other waits.
 */
export interface LeaseControl {
  /** True when the phase was `from`, and now is `to`. */
  enter(from: LeasePhase, to: LeasePhase): boolean
  set(phase: LeasePhase): void
  /** Waits for the order to stop, this many milliseconds at most; whether it has come. */
  waitToStop(milliseconds: number): boolean
  orderStop(): void
  /** Waits until the thread has left `phase`, this many milliseconds at most. */
  waitWhile(phase: LeasePhase, milliseconds: number): void
}

export function newLeaseControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)
}

export function leaseControl(buffer: SharedArrayBuffer): LeaseControl {
  const cells = new Int32Array(buffer)
  const store = (cell: number, value: number): void => {
    Atomics.store(cells, cell, value)
    Atomics.notify(cells, cell)
  }
  return {
    enter: (from, to) => Atomics.compareExchange(cells, PHASE, from, to) === from,
    set: (phase) => store(PHASE, phase),
    waitToStop: (milliseconds) => Atomics.wait(cells, STOP, 0, milliseconds) !== 'timed-out',
    orderStop: () => store(STOP, 1),
    waitWhile: (phase, milliseconds) => void Atomics.wait(cells, PHASE, phase, milliseconds),
  }
}
