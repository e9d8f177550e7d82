import type { Outcome } from '@mayfly/supervisor'

export type Cause = Outcome['cause']

/** Mayfly's own subjects: the only ones of which anything is expected. */
export const tiers = ['mayfly-thread', 'mayfly-process'] as const
export type Tier = (typeof tiers)[number]

export const isTier = (subject: string): subject is Tier => (tiers as readonly string[]).includes(subject)

/**
 * What is not as it should be after a dangerous task. `died`: the process of the caller. `hang`: it stopped answering.
 * `lost`: the caller's promise never settled. `late`: it settled, long after the time limit. `next`: the task after it
 * failed. `close`: the pool could not be closed. `exit`: the process could not leave by itself. `stall`: the caller's
 * event loop stood still. The rest was left behind.
 */
export const troubles = [
  'died',
  'hang',
  'lost',
  'late',
  'next',
  'close',
  'exit',
  'stall',
  'threads',
  'fds',
  'port',
  'processes',
] as const
export type Trouble = (typeof troubles)[number]

/** Trouble that is accepted, each kind with its reason: what physics imposes, and README admits. */
export type DeclaredLimits = Readonly<Partial<Record<Trouble, string>>>

export interface AdversarialTask {
  readonly name: string
  readonly about: string
  /** A file of `tasks/`, or the text of a module that is written for the cell. */
  readonly module: string | { readonly source: string }
  readonly export: string
  readonly timeLimitMs: number
  /** How it may end in Mayfly's tiers. */
  readonly causes: Readonly<Record<Tier, readonly Cause[]>>
  readonly limits: Readonly<Record<Tier, DeclaredLimits>>
  /** True when a value for its caller is a lie: the task has made none, or none that could be sent. */
  readonly isValueWrong: boolean
}

export interface TaskGroup {
  readonly title: string
  readonly tasks: readonly AdversarialTask[]
}

/** A task as the catalogue writes it down: the name gives the export, and both tiers are alike unless it says otherwise. */
export interface TaskRow {
  readonly name: string
  readonly about: string
  readonly source?: string
  /** @default the name in camel case */
  readonly export?: string
  /** @default 300 for a task that may be ended by it, 1500 for the others, which are only waited for when they fail */
  readonly timeLimitMs?: number
  readonly causes: readonly Cause[]
  readonly processCauses?: readonly Cause[]
  readonly limits?: DeclaredLimits
  readonly threadLimits?: DeclaredLimits
  readonly processLimits?: DeclaredLimits
  readonly isValueWrong?: boolean
}

export const defineGroup = (title: string, file: string, rows: readonly TaskRow[]): TaskGroup => ({
  title,
  tasks: rows.map((row) => defineTask(file, row)),
})

const defineTask = (file: string, row: TaskRow): AdversarialTask => ({
  name: row.name,
  about: row.about,
  module: row.source === undefined ? file : { source: row.source },
  export: row.export ?? camelCase(row.name),
  timeLimitMs: row.timeLimitMs ?? (row.causes.includes('timeout') ? 300 : 1500),
  causes: { 'mayfly-thread': row.causes, 'mayfly-process': row.processCauses ?? row.causes },
  limits: {
    'mayfly-thread': { ...row.limits, ...row.threadLimits },
    'mayfly-process': { ...row.limits, ...row.processLimits },
  },
  isValueWrong: row.isValueWrong ?? false,
})

const camelCase = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
