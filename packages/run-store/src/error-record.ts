/** An error as it is kept: no stack, because stacks carry paths of the machine on which they arose. */
export interface ErrorRecord {
  readonly name: string
  readonly message: string
  readonly code: string | null
}
