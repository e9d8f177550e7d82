/** Who waits for room, first come, first served: only the first of them asks the store. */
export class WaitingLine {
  #last: Promise<void> = Promise.resolve()
  #length = 0

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** Resolves when everybody before has left; call what it resolves to when leaving. */
  async enter(): Promise<() => void> {
    const before = this.#last
    const turn = Promise.withResolvers<void>()
    this.#last = turn.promise
    this.#length++
    await before
    return () => {
      this.#length--
      turn.resolve()
    }
  }
}
