import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClientCall } from './client-profile.ts'
import { EventReader } from './event-reader.ts'
import { type EventStream, eventStreams } from './fixtures/event-streams.ts'
import { loadProfile } from './load-profile.ts'
import { Tally } from './tally.ts'

/** Reads a stream in pieces that end at the given places. */
async function read(stream: EventStream, cuts: readonly number[]): Promise<Tally> {
  const reference = { kind: 'client', name: 'x', client: stream.client, command: '/x', permission: 'edit' } as const
  const profile = await loadProfile(reference)
  const tally = new Tally(1_000_000, true)
  const interpret = profile.createReader({ previous: stream.previous } as ClientCall)
  const reader = new EventReader((event) => interpret(event, tally))
  const places = [0, ...cuts.toSorted((left, right) => left - right), stream.bytes.byteLength]
  for (const [index, from] of places.entries()) reader.push(stream.bytes.subarray(from, places[index + 1]))
  reader.end()
  return tally
}

function meaning(tally: Tally): unknown {
  return { ...tally.figures, text: tally.text, result: tally.result, notes: tally.takeNotes() }
}

describe.each(eventStreams.map((stream) => [`${stream.client}, ${stream.kind}`, stream] as const))(
  'what %s printed',
  (_title, stream) => {
    it('means the same, wherever it was cut in two', async () => {
      const whole = meaning(await read(stream, []))
      for (let cut = 1; cut < stream.bytes.byteLength; cut++) expect(meaning(await read(stream, [cut]))).toEqual(whole)
    })

    it('means the same byte by byte and in any pieces', async () => {
      const whole = meaning(await read(stream, []))
      const everywhere = Array.from({ length: stream.bytes.byteLength - 1 }, (_, index) => index + 1)
      expect(meaning(await read(stream, everywhere))).toEqual(whole)
      const places = fc.uniqueArray(fc.integer({ min: 1, max: stream.bytes.byteLength - 1 }), { maxLength: 30 })
      await fc.assert(
        fc.asyncProperty(places, async (cuts) => {
          expect(meaning(await read(stream, cuts))).toEqual(whole)
        }),
        { numRuns: 30 },
      )
    })

    it('is counted for this call only, in the form that all clients share', async () => {
      const tally = await read(stream, [])
      const { costUsd } = tally.figures
      const report = {
        ...tally.figures,
        costUsd: costUsd === null ? null : Number(costUsd.toFixed(5)),
        text: tally.text,
      }
      expect(report).toMatchObject(stream.expected)
    })

    it('says how it ended', async () => {
      const { result } = await read(stream, [])
      if (stream.kind !== 'error') expect(result?.isError).toBe(false)
      else if (stream.failure === null) expect(result).toBeNull()
      else expect(result).toMatchObject({ isError: true, message: stream.failure })
    })

    it('counts tool calls once each', async () => {
      const { figures } = await read(stream, [])
      expect(figures.toolCalls).toBe(stream.kind === 'tool' ? 1 : 0)
    })
  },
)
