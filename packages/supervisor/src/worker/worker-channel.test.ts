import { expect, test } from 'vitest'
import type { Envelope, SupervisorMessage, WorkerMessage } from '../messages/messages.ts'
import { WorkerChannel } from './worker-channel.ts'
import type { WorkerPort } from './worker-port.ts'

/** A supervisor that takes in what was posted when it is told to, and acknowledges what asks for it. */
class SimulatedPort implements WorkerPort {
  readonly posted: Envelope<WorkerMessage>[] = []
  /** True: a worker that looks for messages finds its supervisor keeping up. */
  keepsUp = false
  #taken = 0
  #listener: (message: SupervisorMessage) => void = () => {}

  post(message: Envelope<WorkerMessage>): void {
    this.posted.push(structuredClone(message))
  }

  clone(value: unknown): unknown {
    return structuredClone(value)
  }

  listen(listener: (message: SupervisorMessage) => void): void {
    this.#listener = listener
  }

  *takeWaiting(): Generator<SupervisorMessage> {
    if (this.keepsUp) yield* this.#acknowledgements()
  }

  takeIn(): void {
    for (const message of this.#acknowledgements()) this.#listener(message)
  }

  get types(): string[] {
    return this.posted.map(({ type }) => type)
  }

  *#acknowledgements(): Generator<SupervisorMessage> {
    const asked = this.posted.slice(this.#taken).findLast(({ acknowledge }) => acknowledge)
    this.#taken = this.posted.length
    if (asked !== undefined) yield { type: 'acknowledge', sequence: asked.sequence }
  }
}

const open = (keepsUp: boolean): { port: SimulatedPort; channel: WorkerChannel } => {
  const port = new SimulatedPort()
  port.keepsUp = keepsUp
  const channel = new WorkerChannel(port, () => {})
  channel.listen()
  return { port, channel }
}

const progress = (value: unknown): WorkerMessage => ({ type: 'progress', value })

test('progress that found no room goes out when there is some, also when nothing before it asked for an answer', () => {
  const { port, channel } = open(false)
  channel.send(progress('small'), 200_000)
  channel.send(progress('overtaken'), 900_000)
  channel.send(progress('large'), 900_000)
  expect(port.types).toEqual(['progress', 'heartbeat'])
  port.takeIn()
  expect(port.posted.at(-1)).toMatchObject({ type: 'progress', value: 'large' })
})

test('progress that finds no room is taken as it is now, and what cannot be cloned is refused at once', () => {
  const { port, channel } = open(false)
  const value = { seen: 1 }
  channel.send(progress('first'), 900_000)
  channel.send(progress(value), 900_000)
  value.seen = 2
  expect(() =>
    channel.send(
      progress(() => {}),
      900_000,
    ),
  ).toThrow('could not be cloned')
  channel.flush()
  expect(port.posted.at(-1)).toMatchObject({ type: 'progress', value: { seen: 1 } })
})

test('a checkpoint waits for room and is posted before the call returns, whatever is in flight', () => {
  for (let inFlight = 0; inFlight < 300; inFlight += 7) {
    const { port, channel } = open(true)
    for (let index = 0; index < inFlight; index++) channel.send(progress(index), 1000)
    channel.send({ type: 'checkpoint', value: 'large' }, 16 * 1024 ** 2)
    expect(port.types.at(-1)).toBe('checkpoint')
  }
})

test('of progress that finds no room only the latest is kept, of log lines a count, and the sequence has no gap', () => {
  const { port, channel } = open(false)
  for (let index = 0; index < 1000; index++) {
    channel.send(progress(index))
    channel.send({ type: 'log', line: { at: 0, source: 'log', text: '' } })
  }
  port.takeIn()
  channel.flush()
  expect(port.posted.filter(({ type }) => type === 'progress').at(-1)).toMatchObject({ value: 999 })
  expect(port.posted.filter(({ type }) => type === 'log').length + channel.droppedLogLines).toBe(1000)
  expect(port.posted.map(({ sequence }) => sequence)).toEqual(port.posted.map((_, index) => index + 1))
})

test('what a getter says while its value is cloned comes after it, with a number of its own', () => {
  const { port, channel } = open(true)
  const talkative = {
    get value(): number {
      channel.send({ type: 'log', line: { at: 1, source: 'log', text: 'asked for' } }, 9)
      return 7
    },
  }
  channel.send(progress(talkative))
  expect(port.posted).toMatchObject([
    { type: 'progress', value: { value: 7 }, sequence: 1 },
    { type: 'log', sequence: 2 },
  ])
})
