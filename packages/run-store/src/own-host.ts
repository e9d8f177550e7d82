import type { Host } from './host.ts'
import { Lease } from './lease.ts'
import { monotonicNow } from './lease-clock.ts'
import { START_ALLOWANCE_MS } from './leased-host.ts'
import { closeHost, deleteIdleHost, hostTable, insertHost, selectHostState, takeLease } from './sql/host-table.ts'
import type { StoreDatabase } from './store-database.ts'
import { RunStoreError, StoreFencedError } from './store-error.ts'

/**
 * This opening of the store, as the others see it: on record from the start, leased from when it first has something to lose, closed
 * or, when others have taken over, fenced.
 */
export class OwnHost {
  readonly bootId: string
  readonly kernelBootId: string | null
  readonly #database: StoreDatabase
  readonly #leaseMs: number
  readonly #fenced = new AbortController()
  #lease: Lease | undefined

  constructor(database: StoreDatabase, host: Host, leaseMs: number) {
    this.bootId = host.bootId
    this.kernelBootId = host.kernelBootId
    this.#database = database
    this.#leaseMs = leaseMs
  }

  get fenced(): AbortSignal {
    return this.#fenced.signal
  }

  get hasLease(): boolean {
    return this.#lease !== undefined
  }

  register(host: Host): void {
    this.#database.save(hostTable, insertHost, host)
  }

  /**
   * Belongs in every transaction that writes, at its start: nobody can take over between this and the commit.
   * Throws `StoreFencedError`.
   */
  assertLive(): void {
    const state = this.#database.row(selectHostState, { boot_id: this.bootId })?.['state']
    if (state === 'live') return
    throw this.#fence('was taken for lost, because its lease had run out, and others have taken over')
  }

  /** Belongs in a transaction that gives this host something to lose. */
  takeLease(): void {
    if (this.#lease !== undefined) return
    const leaseUntil = monotonicNow() + this.#leaseMs + START_ALLOWANCE_MS
    this.#database.run(takeLease, {
      ...{ boot_id: this.bootId, lease_until: leaseUntil, lease_ms: this.#leaseMs },
      renewed_at: Date.now(),
    })
    this.#lease = new Lease({
      path: this.#database.path,
      bootId: this.bootId,
      leaseMs: this.#leaseMs,
      onFenced: () => void this.#fence('was taken for lost, because its lease had run out'),
    })
  }

  /** Ends the lease and takes the host off the record, unless it leaves something unfinished. */
  closeSync(): void {
    this.#lease?.closeSync()
    if (!this.#database.isOpen || this.fenced.aborted) return
    try {
      this.#database.transaction(() => {
        this.#database.run(closeHost, { boot_id: this.bootId })
        this.#database.run(deleteIdleHost, { boot_id: this.bootId })
      }, 'light')
    } catch (error) {
      // A file that is locked or full must not keep a process from ending; the row then goes when others find it dead.
      if (!(error instanceof RunStoreError)) throw error
    }
  }

  #fence(what: string): StoreFencedError {
    const trouble = this.#lease?.trouble
    const error = new StoreFencedError(this.bootId, trouble === undefined ? what : `${what} (${trouble})`)
    this.#fenced.abort(error)
    return error
  }
}
