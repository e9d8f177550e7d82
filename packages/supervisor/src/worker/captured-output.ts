import { Buffer } from 'node:buffer'
import type { Readable, Writable } from 'node:stream'
import { logLine } from './task-context.ts'
import type { WorkerChannel } from './worker-channel.ts'

/**
 * A worker's real stdout needs its event loop or has no limit; its lines go through the channel instead. That is seen to when somebody
 * first asks for a stream: most tasks never do, and making them takes a thread 3 % of its CPU time (Node 26).
 */
export const captureOutput = (channel: WorkerChannel): void => {
  for (const source of ['stdout', 'stderr'] as const) {
    whenAskedFor<Writable>(source, (stream) => {
      stream.write = writerTo(channel, source)
    })
  }
}

/** As Node does it for a thread at its birth, when it was not told that there is an input. */
export const endInput = (): void => whenAskedFor<Readable>('stdin', (stream) => void stream.push(null))

const whenAskedFor = <Stream>(name: 'stdin' | 'stdout' | 'stderr', prepare: (stream: Stream) => void): void => {
  const ofNode = Object.getOwnPropertyDescriptor(process, name)
  let stream: Stream | undefined
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get: () => {
      if (stream === undefined) {
        stream = ofNode?.get?.call(process) as Stream
        prepare(stream)
      }
      return stream
    },
  })
}

const writerTo = (channel: WorkerChannel, source: 'stdout' | 'stderr'): Writable['write'] =>
  ((chunk: unknown, encoding?: unknown, callback?: unknown): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8')
    const line = logLine(source, text.replace(/\n$/, ''))
    channel.send({ type: 'log', line }, line.text.length)
    const done = typeof encoding === 'function' ? encoding : callback
    if (typeof done === 'function') queueMicrotask(() => done())
    return true
  }) as Writable['write']
