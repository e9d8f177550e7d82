import { describedValue } from './described-value.ts'

/** A complexity that is not a number from 0 to 1. */
export class ComplexityOutOfRangeError extends RangeError {
  override readonly name = 'ComplexityOutOfRangeError'
  readonly code = 'COMPLEXITY_OUT_OF_RANGE'

  constructor(complexity: unknown) {
    super(`Expected a complexity from 0 to 1, got ${describedValue(complexity)}`)
  }
}
