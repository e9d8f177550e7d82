/** How many workers may run at one time. */
export interface Slots {
  readonly size: number
  /** Every slot is taken and somebody waits: there may be more of them when it returns. */
  want(load: Load): void
  close(): void
}

export interface Load {
  /** Workers that exist, starting and stopping ones included. */
  readonly running: number
  readonly waiting: number
}

export const fixedSlots = (size: number): Slots => ({ size, want: () => {}, close: () => {} })
