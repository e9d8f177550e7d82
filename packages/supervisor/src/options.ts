import { z } from 'zod'
import { SupervisorError } from './errors.ts'
import type { HandlerReference } from './handler.ts'
import type { SessionJournal, SessionMetadata } from './journal.ts'
import type { ArtifactReference, LogLine } from './messages/messages.ts'
import type { IsolationRequest } from './session/outcome.ts'
import { type Permissions, permissionsSchema } from './tiers/permissions.ts'
import type { Transferable } from './tiers/transport.ts'

/** All defaults stand here. Times are milliseconds, memory is MB (MiB). */
export const defaults = {
  isolation: 'thread',
  maxWorkers: 4,
  maxQueue: 'auto',
  priority: 0,
  priorityAgingMs: 60_000,
  keyConcurrency: 1,
  heapLimitMb: 4096,
  externalLimitMb: 512,
  timeoutMs: 600_000,
  startupTimeoutMs: 30_000,
  graceMs: 5_000,
  exitTimeoutMs: 2_000,
  resultLimitMb: 64,
} as const

export interface SupervisorOptions {
  /**
   * Workers at one time. `'auto'` is four for each core, as far as the memory budget holds them, and elastic as with `minWorkers`.
   * @default 4
   */
  readonly maxWorkers?: number | 'auto'
  /**
   * Makes the number elastic: it begins here, grows up to `maxWorkers` while tasks wait, and shrinks when memory is short or this
   * process's event loop is late. @default 1 with `maxWorkers: 'auto'`; else not elastic, `maxWorkers` at once
   */
  readonly minWorkers?: number
  /**
   * Tasks waiting at one time; one more is rejected with `QUEUE_FULL`. `'auto'` is what fits into a sixteenth of this process's
   * heap limit at 2 KB each, their inputs not counted, and at least 10,000. @default 'auto'
   */
  readonly maxQueue?: number | 'auto'
  /** What a point of `priority` is worth, in milliseconds of waiting. @default 60000 */
  readonly priorityAgingMs?: number
  /** Tasks of one `key` that may run at one time, for a task that does not say. @default 1 */
  readonly keyConcurrency?: number
  /** MB of heap for a task that does not say; lowered until `maxWorkers` of them fit the budget. @default 4096 */
  readonly heapLimitMb?: number
  /** MB outside the heap (Buffers) for a task that does not say. @default 512 */
  readonly externalLimitMb?: number
  /** For a task that does not say. @default 600000 */
  readonly timeoutMs?: number
  /** MB that running tasks may be promised together. @default 75 % of machine or cgroup, the smaller */
  readonly memoryBudgetMb?: number
  /**
   * Workers kept ready for each handler that has run, its module imported, so that its next task begins at once.
   * A task's own `spares` counts more. @default 0
   */
  readonly spares?: number
  /** For a task that does not say. @default 'thread' */
  readonly isolation?: IsolationRequest
  /** Names of environment variables that workers may see. @default DEFAULT_ENVIRONMENT_ALLOW_LIST */
  readonly environmentAllowList?: readonly string[]
  /** Told of each session before it starts and when it ends. */
  readonly journal?: SessionJournal
  /** Told what the supervisor decided, one line at a time. @default silent */
  readonly log?: (message: string) => void
}

export interface Task {
  readonly handler: HandlerReference
  /** What the handler gets as its first argument; must be cloneable. */
  readonly input?: unknown
}

export interface TaskOptions {
  /** Workers kept ready from now on for tasks of this handler with these options. @default the supervisor's */
  readonly spares?: number
  /** @default the supervisor's */
  readonly isolation?: IsolationRequest
  /**
   * What a worker process may reach, by Node's permission model; needs `isolation` `process` or `auto`, which then is a process.
   * Defence in depth, not a sandbox. @default not restricted
   */
  readonly permissions?: Permissions
  /**
   * Higher goes first, an integer from -1000 to 1000; a point is worth `priorityAgingMs` of waiting, so nothing waits for ever.
   * @default 0
   */
  readonly priority?: number
  /** Of the tasks with the same key only so many run at one time, the rest waits in order and in nobody's way. @default none */
  readonly key?: string
  /** It starts when fewer tasks of its `key` run; needs one. @default the supervisor's */
  readonly keyConcurrency?: number
  /** MB of heap; the task is ended when it uses more. An explicit limit is kept and waits for room. */
  readonly heapLimitMb?: number
  /** MB outside the heap. */
  readonly externalLimitMb?: number
  /** One attempt, from its first line. */
  readonly timeoutMs?: number
  /** From submission to the end, waiting included. @default none */
  readonly deadlineMs?: number
  /** Waiting to be started. @default none */
  readonly queueTimeoutMs?: number
  /** From start to "module imported and ready". @default 30000 */
  readonly startupTimeoutMs?: number
  /** Between two signs of life (`heartbeat`, `progress`, `checkpoint`). @default off */
  readonly heartbeatTimeoutMs?: number
  /** From the abort signal to force. @default 5000 */
  readonly graceMs?: number
  /** From force to the next rung of the kill ladder. @default 2000 */
  readonly exitTimeoutMs?: number
  /** Cancels the task, waiting or running. */
  readonly signal?: AbortSignal
  /** Moved into a worker thread instead of copied; into a worker process everything is copied. */
  readonly transferList?: readonly Transferable[]
  /** Where `context.artifact` writes, and results above `resultLimitMb`; without it both are refused. */
  readonly artifactFolder?: string
  /** MB, 64 at most. A larger result is written to `artifactFolder`, and the task's value is a `ResultFile`. @default 64 */
  readonly resultLimitMb?: number
  /** Added to the allow-listed variables. */
  readonly environment?: Readonly<Record<string, string>>
  /**
   * For a caller that has written the session down before it starts; letters, digits, `_` and `-`. Refused with
   * `OPTIONS_INVALID` while another session has it. @default a new one
   */
  readonly sessionId?: string
  /** Handed to the journal with the session: what the caller knows it by. */
  readonly metadata?: SessionMetadata
  /** @default 1 */
  readonly attempt?: number
  readonly lastCheckpoint?: unknown
  /** The worker runs the task's first line now. */
  readonly onRunning?: (sessionId: string) => void
  readonly onProgress?: (value: unknown) => void
  readonly onLog?: (line: LogLine) => void
  readonly onCheckpoint?: (value: unknown) => void
  readonly onArtifact?: (artifact: ArtifactReference) => void
  /** A process of the session lives, or has ended: its worker when that is one, and what the task started by its context. */
  readonly onChild?: (pid: number, alive: boolean) => void
}

/** What is fixed when a worker is born: a spare takes the tasks that ask for the same. */
export type SpareOptions = Pick<
  TaskOptions,
  | 'artifactFolder'
  | 'environment'
  | 'externalLimitMb'
  | 'heapLimitMb'
  | 'isolation'
  | 'permissions'
  | 'spares'
  | 'startupTimeoutMs'
>

const positive = z.number().finite().positive()
const positiveInteger = z.number().int().positive()
const callable = z.custom<(...values: never[]) => void>((value) => typeof value === 'function', 'expected a function')

/** Below 5 MB of old generation V8 takes the whole process down. */
const heapLimit = z.number().finite().min(16)

const isolation = z.enum(['thread', 'process', 'auto'])

const spares = z.number().int().nonnegative().max(64)

/** A thousand threads are more than any machine of today keeps busy. */
export const MOST_WORKERS = 1024

const workers = positiveInteger.max(MOST_WORKERS)

const supervisorOptions = z
  .strictObject({
    spares: spares.optional(),
    isolation: isolation.optional(),
    minWorkers: workers.optional(),
    maxWorkers: z.union([workers, z.literal('auto')]).optional(),
    maxQueue: z.union([z.number().int().nonnegative(), z.literal('auto')]).optional(),
    priorityAgingMs: positive.optional(),
    keyConcurrency: positiveInteger.optional(),
    heapLimitMb: heapLimit.optional(),
    externalLimitMb: positive.optional(),
    timeoutMs: positive.optional(),
    memoryBudgetMb: positive.optional(),
    environmentAllowList: z.array(z.string()).optional(),
    journal: z.custom<SessionJournal>((value) => typeof value === 'object' && value !== null).optional(),
    log: callable.optional(),
  })
  .refine(({ minWorkers = 1, maxWorkers = defaults.maxWorkers }) => maxWorkers === 'auto' || minWorkers <= maxWorkers, {
    path: ['minWorkers'],
    message: 'expected at most maxWorkers',
  })

const permissionsNeedProcess = 'a thread cannot be restricted; ask for isolation "process" or "auto"'

const taskFields = {
  spares: spares.optional(),
  isolation: isolation.optional(),
  permissions: permissionsSchema.optional(),
  priority: z.number().int().min(-1000).max(1000).optional(),
  key: z.string().min(1).optional(),
  keyConcurrency: positiveInteger.optional(),
  heapLimitMb: heapLimit.optional(),
  externalLimitMb: positive.optional(),
  timeoutMs: positive.optional(),
  deadlineMs: positive.optional(),
  queueTimeoutMs: positive.optional(),
  startupTimeoutMs: positive.optional(),
  heartbeatTimeoutMs: positive.optional(),
  graceMs: z.number().finite().nonnegative().optional(),
  exitTimeoutMs: positive.optional(),
  signal: z.instanceof(AbortSignal).optional(),
  transferList: z.array(z.custom<Transferable>()).optional(),
  artifactFolder: z.string().min(1).optional(),
  resultLimitMb: positive.max(defaults.resultLimitMb).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  sessionId: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .optional(),
  metadata: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  attempt: positiveInteger.optional(),
  lastCheckpoint: z.unknown().optional(),
  onRunning: callable.optional(),
  onProgress: callable.optional(),
  onLog: callable.optional(),
  onCheckpoint: callable.optional(),
  onArtifact: callable.optional(),
  onChild: callable.optional(),
}

const taskOptions = z
  .strictObject(taskFields)
  .refine(
    ({ isolation, permissions }) => permissions === undefined || isolation === 'process' || isolation === 'auto',
    {
      path: ['permissions'],
      message: permissionsNeedProcess,
    },
  )
  .refine(({ permissions, artifactFolder }) => permissions === undefined || artifactFolder?.includes('*') !== true, {
    path: ['artifactFolder'],
    message: 'expected none with a "*": permissions would be given for all folders that begin so',
  })
  .refine(({ key, keyConcurrency }) => key !== undefined || keyConcurrency === undefined, {
    path: ['keyConcurrency'],
    message: 'expected a key beside it',
  })

/** @throws SupervisorError `OPTIONS_INVALID` */
export const checkSupervisorOptions = (options: SupervisorOptions): SupervisorOptions =>
  check('supervisor', supervisorOptions, options)

/** @throws SupervisorError `OPTIONS_INVALID` */
export const checkTaskOptions = (options: TaskOptions): TaskOptions =>
  areSimple(options) ? options : check('task', taskOptions, options)

/**
 * Looks at the fields that are there and not at all that there may be: for a task that comes now and then that is 0.08 ms of the
 * 0.3 that it waits. Whatever is not plainly right, and fields that depend on others, are left to the whole schema.
 */
const areSimple = (options: TaskOptions): boolean =>
  options.permissions === undefined && options.keyConcurrency === undefined && Object.entries(options).every(isRight)

const isRight = ([name, value]: [string, unknown]): boolean =>
  Object.hasOwn(taskFields, name) &&
  (value === undefined || taskFields[name as keyof typeof taskFields].safeParse(value).success)

const check = <Options extends object>(what: string, schema: z.ZodType, options: Options): Options => {
  const result = schema.safeParse(options)
  if (result.success) return options
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'options'}: ${issue.message}`)
  throw new SupervisorError('OPTIONS_INVALID', `Invalid ${what} options. ${problems.join('; ')}.`)
}
