import { Worker } from 'node:worker_threads'
import { LEASE_PHASE, type LeaseControl, type LeaseOrder, leaseControl, newLeaseControl } from './lease-control.ts'
import type { LeaseMessage } from './lease-thread.ts'

export interface LeaseOptions extends Omit<LeaseOrder, 'control'> {
  /** The host was taken for lost; called once at most. */
  readonly onFenced: () => void
}

/** A thread that fails is started again this often. */
const RESTARTS = 3

/** Closing waits this long for the thread's connection to close, in milliseconds: the last one to close clears the log away. */
const CLOSE_MS = 500

/** Renews a host's lease from a thread of its own until it is closed; keeps no process alive. */
export class Lease {
  readonly #options: LeaseOptions
  #control: LeaseControl
  #isClosed = false
  #restarts = 0
  /** Why the last renewal failed, if it did. */
  #trouble: string | undefined

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#control = this.#start()
  }

  get trouble(): string | undefined {
    return this.#trouble
  }

  /** Synchronous, for exit hooks. When it returns the thread's connection is closed, or was never opened. */
  closeSync(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#control.orderStop()
    if (this.#control.enter(LEASE_PHASE.starting, LEASE_PHASE.closed)) return
    this.#control.waitWhile(LEASE_PHASE.open, CLOSE_MS)
  }

  #start(): LeaseControl {
    const { path, bootId, leaseMs } = this.#options
    const control = newLeaseControl()
    const order: LeaseOrder = { path, bootId, leaseMs, control }
    const worker = new Worker(leaseThread, { workerData: order, execArgv: [], name: 'mayfly-lease' })
    worker.on('message', (message: LeaseMessage) => this.#hear(message))
    worker.on('error', (error) => this.#restart(String(error)))
    worker.unref()
    return leaseControl(control)
  }

  #hear(message: LeaseMessage): void {
    if (message.type === 'trouble') this.#trouble = message.message
    else if (!this.#isClosed) this.#options.onFenced()
  }

  #restart(trouble: string): void {
    this.#trouble = trouble
    if (this.#isClosed || this.#restarts++ >= RESTARTS) return
    this.#control = this.#start()
  }
}

/** Its own door in `exports`, so that it is found from source and from dist alike. */
const leaseThread = new URL(import.meta.resolve('@mayfly/run-store/lease-thread'))
