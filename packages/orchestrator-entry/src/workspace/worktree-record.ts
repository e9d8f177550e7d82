import { z } from 'zod'
import type { Repository } from './repository.ts'

/** What is known of a run's worktree. It is kept in the repository itself, so that it lives and dies with it. */
export interface WorktreeRecord {
  readonly version: 1
  readonly runId: string
  /** Of the worktree; absolute. */
  readonly path: string
  /** The commit that the run began from. */
  readonly base: string
  /** The branch that the run began from, such as `refs/heads/main`; null when HEAD was detached. */
  readonly from: string | null
  /** Whether the main tree had changes that are in no commit, and so not in the worktree. */
  readonly isDirty: boolean
  /** From the root of the tree to the folder that the run works in; '' for the root. */
  readonly prefix: string
  /** `making`: nobody has worked in it yet. `removing`: nobody will any more. */
  readonly state: 'making' | 'ready' | 'removing'
}

const schema = z.strictObject({
  version: z.literal(1),
  runId: z.string().min(1),
  path: z.string().min(1),
  base: z.string().regex(/^[0-9a-f]{40,64}$/),
  from: z.string().nullable(),
  isDirty: z.boolean(),
  prefix: z.string(),
  state: z.enum(['making', 'ready', 'removing']),
})

const FOLDER = 'refs/mayfly/worktrees/'

/** The name under which git keeps the record of a run. */
export const recordName = (runId: string): string => `${FOLDER}${runId}`

/** Undefined when the run has no worktree. */
export const readRecord = async (repository: Repository, runId: string): Promise<WorktreeRecord | undefined> =>
  (await readRecords(repository, recordName(runId))).find((record) => record.runId === runId)

/** @param pattern @default the records of all runs */
export const readRecords = async (
  repository: Repository,
  pattern: string = FOLDER,
): Promise<readonly WorktreeRecord[]> => {
  const lines = await repository.run(['for-each-ref', '--format=%(raw)', pattern])
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => schema.parse(JSON.parse(line)))
}

/** Written as one object and one name that points at it: whoever looks sees the old record or the new one. */
export const writeRecord = async (repository: Repository, record: WorktreeRecord): Promise<WorktreeRecord> => {
  const written = await repository.run(['hash-object', '-w', '--stdin'], { input: JSON.stringify(record) })
  await repository.run(['update-ref', recordName(record.runId), written.trim()])
  return record
}

export const deleteRecord = async (repository: Repository, runId: string): Promise<void> => {
  await repository.run(['update-ref', '-d', recordName(runId)])
}
