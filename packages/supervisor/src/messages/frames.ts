import { Buffer } from 'node:buffer'
import type { DefaultSerializer } from 'node:v8'
import { cloneCost } from './clone-cost.ts'
import { isPlainData } from './plain-data.ts'

/*
 * Messages on a pipe: four bytes of length, one that says how the value is written, the value. Node's own IPC channel is not used:
 * 14 stray bytes that a task writes to its file descriptor take the parent's process down (Node 22, 24, 26).
 *
 * Plain data of up to a megabyte is written as JSON, whatever JSON would change as V8's structured clone. JSON is faster, and leaves nothing
 * behind. V8 frees what its serializer needs (1 KB each) only when the event loop turns, so that a task that reports in a loop without
 * yielding grew by 100 MB in a second; and what its deserializer has read is kept, all of it, until the next full collection: 16,000 small
 * objects at a time had their reader stop for 60 ms in each collection of young objects (Node 26), since none of them was garbage.
 */

const HEADER_BYTES = 5
const JSON_TEXT = 1
const STRUCTURED_CLONE = 2

const MB = 1024 * 1024

/** Bytes of a value that a supervisor may send. */
const LONGEST_FRAME = 256 * MB

/** The largest value that a task may send is 64 MB by an estimate that counts 8 bytes for a number; on the wire it is 9. */
export const LONGEST_WORKER_FRAME: number = 80 * MB

/** A forged one of 60 MB, all brackets, took 1.3 GB and 5 s of its reader. */
const LONGEST_JSON = MB

/** Pieces below it are joined when they come: each takes hundreds of bytes beside its own, and may be a single byte. */
const SMALL_PIECE = 64 * 1024

/** @throws DataCloneError when the value cannot be cloned. */
export const encodeFrame = (value: unknown): Buffer => {
  const json = jsonOf(value)
  return json === undefined ? frame(STRUCTURED_CLONE, clone(value)) : frame(JSON_TEXT, json)
}

/** Undefined for what JSON would change, and for what it makes too long. */
const jsonOf = (value: unknown): Buffer | undefined => {
  if (!isPlainData(value)) return undefined
  const json = Buffer.from(JSON.stringify(value))
  return json.length > LONGEST_JSON ? undefined : json
}

/** `v8.serialize`, but for its errors: it throws a plain `Error` for what a thread refuses with a `DataCloneError`. */
const clone = (value: unknown): Buffer => {
  const serializer = createSerializer()
  serializer.writeHeader()
  serializer.writeValue(value)
  return serializer.releaseBuffer()
}

/**
 * The value as the other side of a pipe gets it.
 * @throws DataCloneError when it cannot be cloned.
 */
export const cloneForFrame = (value: unknown): unknown => v8().deserialize(clone(value))

/** Loaded with the first value that JSON would change: it takes 0.5 ms, and most tasks have none. */
const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8')

const createSerializer = (): DefaultSerializer =>
  Object.assign(new (v8().DefaultSerializer)(), {
    _getDataCloneError: dataCloneError,
    _getSharedArrayBufferId: () => {
      throw dataCloneError('A SharedArrayBuffer could not be cloned: two processes share no memory.')
    },
  })

/** No arrow function: Node calls it with `new`, too. */
function dataCloneError(message: string): Error {
  return new DOMException(message, 'DataCloneError')
}

const frame = (format: number, body: Buffer): Buffer => {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length)
  bytes.writeUInt32BE(body.length, 0)
  bytes.writeUInt8(format, 4)
  body.copy(bytes, HEADER_BYTES)
  return bytes
}

const decodeBody = (format: number, body: Buffer): unknown => {
  if (format === JSON_TEXT) return JSON.parse(body.toString('utf8'))
  if (format === STRUCTURED_CLONE) return v8().deserialize(body)
  throw new Error(`unknown format ${format}`)
}

/** Below it a message cannot cost much; it would not be worth the look. */
const WORTH_A_LOOK = 256 * 1024

const assertAffordable = (format: number, body: Buffer, limit: number): void => {
  if (format !== STRUCTURED_CLONE || body.length <= WORTH_A_LOOK) return
  if (cloneCost(body, limit) > limit) throw new Error('a message would take more memory than any may')
}

/** Puts frames together again, whatever pieces they come in. */
export class FrameDecoder {
  #pieces: Buffer[] = []
  #bytes = 0
  #header: { readonly bytes: number; readonly format: number } | undefined
  readonly #limit: number | undefined

  /** `limit`: bytes that a message of someone who is not trusted may have, and may take when it is read. */
  constructor(limit?: number) {
    this.#limit = limit
  }

  /**
   * The values that are complete now; with an empty piece, those that nobody has asked for yet.
   * @throws Error when the bytes are not frames; nothing after it can be understood.
   */
  *push(piece: Buffer): Generator<unknown> {
    if (piece.length > 0) this.#keep(piece)
    for (let body = this.#next(); body !== undefined; body = this.#next()) {
      if (this.#limit !== undefined) assertAffordable(body.format, body.bytes, this.#limit)
      yield decodeBody(body.format, body.bytes)
    }
  }

  /** One that comes is joined with smaller ones before it, so that no byte is copied often. */
  #keep(piece: Buffer): void {
    this.#bytes += piece.length
    let last = piece
    for (let before = this.#pieces.at(-1); before !== undefined; before = this.#pieces.at(-1)) {
      if (last.length >= SMALL_PIECE || before.length > last.length) break
      this.#pieces.pop()
      last = Buffer.concat([before, last])
    }
    this.#pieces.push(last)
  }

  #next(): { readonly format: number; readonly bytes: Buffer } | undefined {
    this.#header ??= this.#takeHeader()
    if (this.#header === undefined) return undefined
    const { format } = this.#header
    const bytes = this.#take(this.#header.bytes)
    if (bytes === undefined) return undefined
    this.#header = undefined
    return { format, bytes }
  }

  #takeHeader(): { readonly bytes: number; readonly format: number } | undefined {
    const header = this.#take(HEADER_BYTES)
    if (header === undefined) return undefined
    const bytes = header.readUInt32BE(0)
    const format = header.readUInt8(4)
    if (bytes > (format === JSON_TEXT ? LONGEST_JSON : (this.#limit ?? LONGEST_FRAME))) {
      throw new Error(`a message of ${bytes} bytes was announced`)
    }
    return { bytes, format }
  }

  /** Joins pieces only when there are enough, so that a large frame is copied once. */
  #take(bytes: number): Buffer | undefined {
    if (this.#bytes < bytes) return undefined
    const [first = Buffer.alloc(0), ...others] = this.#pieces
    const isEnough = first.length >= bytes
    const all = isEnough ? first : Buffer.concat(this.#pieces)
    this.#pieces = isEnough ? [first.subarray(bytes), ...others] : [all.subarray(bytes)]
    this.#bytes -= bytes
    return all.subarray(0, bytes)
  }
}
