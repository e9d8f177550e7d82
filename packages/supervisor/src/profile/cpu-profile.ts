import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { cancelled, failed, type InspectorClient } from './inspector-client.ts'

/** For each answer; a busy machine, and a profile of minutes, take a while. */
const ANSWER_MS = 10_000

const profileSchema = z.looseObject({
  nodes: z.array(z.looseObject({ id: z.number(), callFrame: z.looseObject({ functionName: z.string() }) })),
  startTime: z.number(),
  endTime: z.number(),
})

/** Milliseconds. */
export interface CpuProfileSpan {
  readonly durationMs: number
  readonly signal: AbortSignal | undefined
}

/** Samples what a worker does; resolves to the text of a `.cpuprofile`. */
export const takeCpuProfile = async (
  client: InspectorClient,
  { durationMs, signal }: CpuProfileSpan,
): Promise<string> => {
  const options = { timeoutMs: ANSWER_MS, signal }
  await client.call('Profiler.enable', {}, options)
  await client.call('Profiler.start', {}, options)
  // A loop that spins may be in code that was compiled before anybody listened, which the profile cannot name. This has V8 compile again.
  await client.call('Profiler.startPreciseCoverage', { callCount: false, detailed: false }, options)
  await client.call('Profiler.stopPreciseCoverage', {}, options)
  await Promise.race([sleep(durationMs, signal), client.gone])
  const { profile } = await client.call('Profiler.stop', {}, options)
  const read = profileSchema.safeParse(profile)
  if (!read.success) throw failed('what the worker sent is no CPU profile', read.error)
  return JSON.stringify(read.data)
}

const sleep = async (milliseconds: number, signal: AbortSignal | undefined): Promise<void> => {
  try {
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal })
  } catch {
    throw cancelled()
  }
}
