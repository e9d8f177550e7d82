import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ChunkReader } from './chunk-reader.ts'
import { CHUNK_WINDOW } from './messages/messages.ts'
import { ChunkSender } from './worker/chunk-sender.ts'

/* Both ends of a stream, with a channel between them that brings messages when the test says so. */

class Stage {
  readonly abort = new AbortController()
  readonly reader = new ChunkReader()
  readonly onTheWay: unknown[] = []
  readonly grants: number[] = []
  readonly read: unknown[] = []
  readonly untaken: number[] = []
  written = 0
  waitsForChannel: (() => void) | undefined
  readonly sender: ChunkSender = new ChunkSender({
    isStreamed: true,
    signal: this.abort.signal,
    send: (message) => {
      // As a channel that is full of other things, and hears of what has arrived while it waits.
      this.waitsForChannel?.()
      if (message.type === 'chunk') this.onTheWay.push(message.value)
    },
    clone: structuredClone,
    receiveWaiting: () => {},
  })

  constructor() {
    this.reader.bind({
      grant: (chunks) => void this.grants.push(chunks),
      setUntaken: (chunks) => void this.untaken.push(chunks),
      cancel: () => {},
    })
  }

  write(size: number): void {
    void this.sender.write(`${this.written++} ${'x'.repeat(size)}`)
  }

  bring(): void {
    for (const chunk of this.onTheWay.splice(0)) expect(this.reader.add(chunk)).toBe(true)
  }

  grant(): void {
    for (const chunks of this.grants.splice(0)) this.sender.taken(chunks)
  }

  readOne(): void {
    void this.reader.next().then(({ value }) => this.read.push(value))
  }

  async rest(): Promise<void> {
    await new Promise(setImmediate)
  }
}

type Happening = (stage: Stage) => void | Promise<void>

const happenings = fc.array(
  fc.oneof<fc.Arbitrary<Happening>[]>(
    fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 600_000 })).map((size) => (stage) => stage.write(size)),
    fc.constant((stage) => stage.bring()),
    fc.constant((stage) => stage.grant()),
    fc.constant((stage) => stage.readOne()),
    fc.constant((stage) => stage.rest()),
  ),
  { maxLength: 150 },
)

test('whatever the order: chunks are read in theirs, none is lost, and no more than a window of them is ahead', async () => {
  await fc.assert(
    fc.asyncProperty(happenings, fc.boolean(), async (order, isChannelFull) => {
      const stage = new Stage()
      if (isChannelFull) stage.waitsForChannel = () => stage.grant()
      const read: unknown[] = stage.read
      for (const happen of order) {
        await happen(stage)
        expect(stage.untaken.at(-1) ?? 0).toBeLessThanOrEqual(CHUNK_WINDOW.chunks)
      }
      for (let step = 0; read.length < stage.written && step < 1000; step++) {
        stage.bring()
        stage.readOne()
        await stage.rest()
        stage.grant()
      }
      expect(read.map((chunk) => Number.parseInt(String(chunk), 10))).toEqual(read.map((_, index) => index))
      expect(read).toHaveLength(stage.written)
    }),
    { numRuns: 200 },
  )
})

test('a writer that goes beyond its window is refused by number and by size', () => {
  const byNumber = new ChunkReader()
  for (let index = 0; index < CHUNK_WINDOW.chunks; index++) expect(byNumber.add(index)).toBe(true)
  expect(byNumber.add('one more')).toBe(false)
  const bySize = new ChunkReader()
  expect(bySize.add(new Uint8Array(16 * CHUNK_WINDOW.bytes))).toBe(true)
  expect(bySize.add(new Uint8Array(CHUNK_WINDOW.bytes))).toBe(false)
})

test('what waits when the task is told to end is rejected with the reason, and so is what would have to', async () => {
  const { sender, abort } = new Stage()
  const writes = Array.from({ length: CHUNK_WINDOW.chunks + 2 }, (_, index) => sender.write(index))
  abort.abort(new Error('enough'))
  const settled = await Promise.allSettled(writes)
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(CHUNK_WINDOW.chunks)
  expect(settled.at(-1)).toMatchObject({ reason: { message: 'enough' } })
  await expect(sender.write('late')).rejects.toThrow('enough')
  await sender.drained()
})

test('10,000 writes that are not awaited are too many', async () => {
  const { sender } = new Stage()
  const writes = Array.from({ length: 10_000 + CHUNK_WINDOW.chunks }, (_, index) => sender.write(index))
  for (const write of writes) write.catch(() => {})
  await expect(sender.write('one more')).rejects.toMatchObject({ name: 'StreamError', code: 'STREAM_NOT_AWAITED' })
})
