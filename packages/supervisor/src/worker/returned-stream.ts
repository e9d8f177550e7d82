import type { ChunkSender } from './chunk-sender.ts'

type Returned = AsyncIterable<unknown, unknown> | Iterable<unknown, unknown>

/** What a handler may return to write a stream: an async iterable or a generator. Arrays, Maps and the like are values. */
const isStream = (value: unknown): value is Returned => {
  if (typeof value !== 'object' || value === null) return false
  if (Symbol.asyncIterator in value) return true
  return Symbol.iterator in value && 'next' in value && typeof value.next === 'function'
}

/**
 * The value of a task whose handler has returned this: of a stream what it returns, after its chunks are written.
 * @throws StreamError `STREAM_NOT_READ` before the stream has begun, when nobody reads it.
 */
export const finalValue = async (returned: unknown, chunks: ChunkSender): Promise<unknown> => {
  const value = isStream(returned) ? await writeAll(returned, chunks) : returned
  await chunks.drained()
  return value
}

const writeAll = async (stream: Returned, chunks: ChunkSender): Promise<unknown> => {
  chunks.assertRead()
  const iterator = Symbol.asyncIterator in stream ? stream[Symbol.asyncIterator]() : stream[Symbol.iterator]()
  for (;;) {
    const { done, value } = await iterator.next()
    if (done === true) return value
    // A generator of promises yields what they become, as `for await` has it.
    await writeOrEnd(await value, iterator, chunks)
  }
}

/** A stream that cannot go on is told so: its `finally` is its owner's way to let go of things. */
const writeOrEnd = async (
  chunk: unknown,
  iterator: AsyncIterator<unknown> | Iterator<unknown>,
  chunks: ChunkSender,
): Promise<void> => {
  try {
    await chunks.write(chunk)
  } catch (error) {
    await iterator.return?.()
    throw error
  }
}
