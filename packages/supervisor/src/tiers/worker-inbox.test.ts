import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BRAND, type Envelope, type SupervisorMessage, WINDOW, type WorkerMessage } from '../messages/messages.ts'
import { WorkerChannel } from '../worker/worker-channel.ts'
import type { WorkerListener } from './transport.ts'
import { WorkerInbox } from './worker-inbox.ts'

const open = () => {
  const taken: WorkerMessage[] = []
  const broken: string[] = []
  const acknowledged: number[] = []
  const listener = {
    message: (message) => void taken.push(message),
    broken: (reason) => void broken.push(reason),
  } as Partial<WorkerListener> as WorkerListener
  return { taken, broken, acknowledged, inbox: new WorkerInbox(listener, (sequence) => acknowledged.push(sequence)) }
}

const heartbeat = (sequence: number, acknowledge = true): Envelope<WorkerMessage> => ({
  ...{ type: 'heartbeat', brand: BRAND, sequence, acknowledge },
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('more messages than a window holds, in one turn of the event loop, break the channel, and nothing after is read', () => {
  const { taken, broken, inbox } = open()
  for (let sequence = 1; sequence <= 1_000_000; sequence++) inbox.take(heartbeat(sequence))
  expect(broken).toEqual(['it sends more than its window holds'])
  expect(taken.length).toBeLessThan(WINDOW.messages + 20)
  expect(inbox.isBroken).toBe(true)
})

test('messages that ask for no acknowledgement get none, and come to an end', async () => {
  const { broken, acknowledged, inbox } = open()
  for (let sequence = 1; sequence <= 1000; sequence++) {
    inbox.take(heartbeat(sequence, false))
    await turn()
  }
  expect(acknowledged).toEqual([])
  expect(broken).toHaveLength(1)
})

test('what is asked for in one turn is answered once, up to the last that came', async () => {
  const { acknowledged, inbox } = open()
  for (let sequence = 1; sequence <= 200; sequence++) inbox.take(heartbeat(sequence, sequence % 64 === 0))
  expect(acknowledged).toEqual([])
  await turn()
  expect(acknowledged).toEqual([200])
})

test('an honest worker never meets the end of its window, whatever it says and however late it is heard', async () => {
  const kinds: readonly WorkerMessage[] = [
    { type: 'heartbeat' },
    { type: 'progress', value: 1 },
    { type: 'log', line: { at: 0, source: 'log', text: '' } },
  ]
  const says = fc.record({
    kind: fc.constantFrom(...kinds),
    times: fc.integer({ min: 1, max: 400 }),
    bytes: fc.constantFrom(0, 10, 10_000, 300_000),
    hears: fc.boolean(),
    isHeard: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(says, { maxLength: 20 }), async (order) => {
      const { broken, acknowledged, inbox } = open()
      const onTheWay: Envelope<WorkerMessage>[] = []
      let tell: (message: SupervisorMessage) => void = () => {}
      const channel = new WorkerChannel(
        {
          post: (message) => void onTheWay.push(message),
          clone: structuredClone,
          listen: (listener) => {
            tell = listener
          },
          takeWaiting: () => [],
        },
        () => {},
      )
      for (const { kind, times, bytes, hears, isHeard } of order) {
        for (let index = 0; index < times; index++) channel.send(kind, bytes)
        if (isHeard) for (const message of onTheWay.splice(0)) inbox.take(message)
        await turn()
        const last = acknowledged.at(-1)
        if (hears && last !== undefined) tell({ type: 'acknowledge', sequence: last })
      }
      channel.flush()
      for (const message of onTheWay) inbox.take(message)
      expect(broken).toEqual([])
      expect(acknowledged).toEqual(acknowledged.toSorted((one, other) => one - other))
    }),
  )
})
