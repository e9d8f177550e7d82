import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Measure } from '../common/interleave.ts'
import { MB } from '../memory/heap-sampler.ts'
import { type StreamKind, writeStreamingClient } from './stand-in.ts'

export type StreamQuantity = 'MB/s' | 'peak heap, MB' | 'peak resident memory, MB'

const entry = fileURLToPath(new URL('./stream-process.ts', import.meta.url))

/** Reads a long stream once, as a client agent or with nothing but a file behind it. */
export const streamMeasure =
  (how: 'agent' | 'file', kind: StreamKind, bytes: number, scratch: string): Measure<StreamQuantity> =>
  async () => {
    const folder = await mkdtemp(join(scratch, 'stream-'))
    try {
      const program = await writeStreamingClient(folder, kind, bytes)
      const args = [...process.execArgv, entry, how, program, folder]
      const { stdout } = await promisify(execFile)(process.execPath, args)
      const { ms, peakHeap, peakResident } = JSON.parse(stdout) as Readonly<Record<string, number>>
      return {
        'MB/s': bytes / MB / ((ms ?? Number.NaN) / 1_000),
        'peak heap, MB': peakHeap ?? Number.NaN,
        'peak resident memory, MB': peakResident ?? Number.NaN,
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
