import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { UsageError } from './errors.ts'

export const CONFIG_FILE = 'mayfly.config.json'

/** Bytes. */
const LARGEST_FILE = 1024 * 1024

const schema = z.strictObject({
  useWorkers: z.union([z.boolean(), z.string()]).exactOptional(),
  mode: z.unknown().optional(),
  workflow: z.unknown().optional(),
  agent: z.unknown().optional(),
  agentsFile: z.unknown().optional(),
  isolation: z.unknown().optional(),
  heapLimitMb: z.unknown().optional(),
  timeout: z.unknown().optional(),
  maxWorkers: z.unknown().optional(),
  grace: z.unknown().optional(),
  attempts: z.unknown().optional(),
  deadline: z.unknown().optional(),
  backoff: z.unknown().optional(),
  lease: z.unknown().optional(),
  maxPerKey: z.unknown().optional(),
  steps: z.unknown().optional(),
  maxTime: z.unknown().optional(),
  maxAttempts: z.unknown().optional(),
  maxTokens: z.unknown().optional(),
  maxCost: z.unknown().optional(),
  contextTokens: z.unknown().optional(),
})

/** What `mayfly.config.json` says, by key; which values are good is for the settings to judge. */
export interface ConfigFile {
  readonly useWorkers?: boolean | string
  readonly mode?: unknown
  readonly workflow?: unknown
  readonly agent?: unknown
  readonly agentsFile?: unknown
  readonly isolation?: unknown
  readonly heapLimitMb?: unknown
  readonly timeout?: unknown
  readonly maxWorkers?: unknown
  readonly grace?: unknown
  readonly attempts?: unknown
  readonly deadline?: unknown
  readonly backoff?: unknown
  readonly lease?: unknown
  readonly maxPerKey?: unknown
  readonly steps?: unknown
  readonly maxTime?: unknown
  readonly maxAttempts?: unknown
  readonly maxTokens?: unknown
  readonly maxCost?: unknown
  readonly contextTokens?: unknown
}

/**
 * Reads the configuration of a folder; a missing file is an empty one.
 * @throws UsageError `CONFIG_INVALID` when it cannot be read, is not JSON, or has a key that no one knows.
 */
export const readConfigFile = (folder: string): ConfigFile => {
  const path = join(folder, CONFIG_FILE)
  const text = readText(path)
  if (text === undefined) return {}
  const result = schema.safeParse(parseJson(path, text))
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
  throw invalid(path, `${problems.join('; ')}; known keys are ${Object.keys(schema.shape).join(', ')}`)
}

const readText = (path: string): string | undefined => {
  try {
    const { size } = assertRegular(path)
    if (size > LARGEST_FILE) throw new Error(`it has ${size} bytes, expected at most ${LARGEST_FILE}`)
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw invalid(path, `it cannot be read (${(cause as Error).message})`, cause)
  }
}

/** Reading a pipe or a device would never end. */
const assertRegular = (path: string): { readonly size: number } => {
  const status = statSync(path)
  if (!status.isFile()) throw new Error('it is not a regular file')
  return status
}

const parseJson = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw invalid(path, `expected JSON: ${(cause as Error).message}`, cause)
  }
}

const invalid = (path: string, what: string, cause?: unknown): UsageError =>
  new UsageError('CONFIG_INVALID', `${path}: ${what}. Correct the file or remove it.`, { cause })
