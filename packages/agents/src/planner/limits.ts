/** How much the planner reads and keeps, so that any repository is planned for in bounded time and memory. */
export interface PlannerLimits {
  /** Files beyond these are counted and not read. @default 100_000 */
  readonly files: number
  /** Files larger than this are skipped with a note. Bytes. @default 4 MiB */
  readonly hugeFileBytes: number
  /** Of a larger file only this much of its beginning is read. Bytes. @default 256 KiB */
  readonly bytesPerFile: number
  /** After this much, files are ranked by their path alone. Bytes. @default 512 MiB */
  readonly bytesInTotal: number
  /** Files open at once. @default 16 */
  readonly concurrency: number
  /** Only this much of a prompt's beginning is read. Characters. @default 262_144 */
  readonly promptCharacters: number
  /** Different words of the prompt that are looked for; the most frequent are kept. @default 200 */
  readonly promptWords: number
  /** Commits of the history that are looked at, newest first. @default 2_000 */
  readonly commits: number
  /** Text that `git log` may print. Bytes. @default 32 MiB */
  readonly historyBytes: number
  /** `git log` is stopped after this long and what it said so far is used. Milliseconds. @default 10_000 */
  readonly historyMs: number
  /** Files in the plan. @default 20 */
  readonly rankedFiles: number
  /** Imports of one file that are followed. @default 300 */
  readonly importsPerFile: number
}

export const defaultLimits: PlannerLimits = {
  files: 100_000,
  hugeFileBytes: 4 * 1024 * 1024,
  bytesPerFile: 256 * 1024,
  bytesInTotal: 512 * 1024 * 1024,
  concurrency: 16,
  promptCharacters: 262_144,
  promptWords: 200,
  commits: 2_000,
  historyBytes: 32 * 1024 * 1024,
  historyMs: 10_000,
  rankedFiles: 20,
  importsPerFile: 300,
}
