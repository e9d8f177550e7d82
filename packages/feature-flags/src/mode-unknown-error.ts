import { printableValue } from './printable-value.ts'

/** A mode that does not exist was asked for. */
export class ModeUnknownError extends Error {
  override readonly name = 'ModeUnknownError'
  readonly code = 'MODE_UNKNOWN'

  constructor(mode: unknown) {
    super(`Expected mode auto, legacy or worker, got "${printableValue(mode)}"`)
  }
}
