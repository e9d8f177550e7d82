import { RunIdInvalidError } from './store-error.ts'

/** Run ids become folder names: a letter or digit, then letters, digits, `.`, `_`, `-`; at most 128 in all. */
export const RUN_ID_PATTERN: RegExp = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** Refuses with `RunIdInvalidError` what does not match `RUN_ID_PATTERN` or contains `..`. */
export function assertRunId(id: string): void {
  if (typeof id !== 'string' || !RUN_ID_PATTERN.test(id) || id.includes('..')) throw new RunIdInvalidError(id)
}
