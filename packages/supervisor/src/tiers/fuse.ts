import { setFlagsFromString } from 'node:v8'
import type { Fuse } from '../session/outcome.ts'

/**
 * The hard limit stands this far above the soft one. Near the hard limit a growing `Map`, dictionary or joined string
 * aborts the whole process in 18 to 20 of 20 tries; 1 GiB above a polled soft limit, 0 of 100 did (Node 22, 24, 26).
 */
const SLACK_MB = 1024

/**
 * Left to itself it differs by Node version (48 to 192 MB) and counts towards the real limit. What dies young stands in it as
 * garbage, and is read as used: it must be small beside the soft limit.
 */
const youngGenerationMb = (heapLimitMb: number): number => Math.min(64, Math.max(4, Math.floor(heapLimitMb / 16)))

export interface ResourceLimits {
  readonly maxOldGenerationSizeMb: number
  readonly maxYoungGenerationSizeMb: number
}

export const fuseLimits = (heapLimitMb: number): ResourceLimits => ({
  maxOldGenerationSizeMb: Math.ceil(heapLimitMb) + SLACK_MB,
  maxYoungGenerationSizeMb: youngGenerationMb(heapLimitMb),
})

const OVERRIDE = /^--max[-_]old[-_]space[-_]size(?:=(\d+))?$/

/**
 * The `--max-old-space-size` (MB) of this process, which silently replaces every worker's hard limit while
 * `worker.resourceLimits` goes on reporting the one that was asked for; undefined when there is none.
 */
export const findFuseOverride = (
  execArguments: readonly string[] = process.execArgv,
  nodeOptions: string | undefined = process.env['NODE_OPTIONS'],
): number | undefined => {
  const words = [...(nodeOptions?.split(/\s+/) ?? []), ...execArguments]
  const sizes = words.flatMap((word, index) => {
    const match = OVERRIDE.exec(word)
    return match === null ? [] : [Number(match[1] ?? words[index + 1])]
  })
  return sizes.findLast((size) => Number.isFinite(size) && size > 0)
}

/**
 * Sees to it that the hard limit of the next worker is not below what it should be. A smaller override is put out of
 * force for isolates made from now on (this process's own heap keeps its limit: V8 has read the flag already; tried on
 * Node 22.18, 24.0 and 26.10). A larger one is left: the soft limits hold all the same.
 */
export const secureFuse = (heapLimitMb: number): Fuse => {
  const override = findFuseOverride()
  if (override === undefined) return 'set'
  if (override >= fuseLimits(heapLimitMb).maxOldGenerationSizeMb) return 'overridden'
  setFlagsFromString('--max-old-space-size=0')
  return 'restored'
}
