import { z } from 'zod'
import { SupervisorError } from '../errors.ts'
import type { CpuProfileOptions, HeapSnapshotOptions } from './profiler.ts'

const LONGEST_MS = 600_000
const span = z.number().positive().max(LONGEST_MS).optional()
const signal = z.instanceof(AbortSignal).optional()
const cpuOptions = z.strictObject({ durationMs: span, signal })
const heapOptions = z.strictObject({ timeoutMs: span, signal })
const fileName = z
  .string()
  .min(1)
  .refine((name) => !name.includes('\0'), 'a path without NUL')

/** @throws SupervisorError `OPTIONS_INVALID` */
export const checkCpuProfile = (file: string, options: CpuProfileOptions): void => check(cpuOptions, file, options)

/** @throws SupervisorError `OPTIONS_INVALID` */
export const checkHeapSnapshot = (file: string, options: HeapSnapshotOptions): void => check(heapOptions, file, options)

const check = (schema: z.ZodType, file: string, options: object): void => {
  const read = z.strictObject({ file: fileName, options: schema }).safeParse({ file, options })
  if (read.success) return
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new SupervisorError('OPTIONS_INVALID', `Invalid profile options. ${problems.join('; ')}.`)
}
