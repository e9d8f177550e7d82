import { Buffer } from 'node:buffer'
import type { ResultFormat } from '../messages/messages.ts'
import { isPlainContainer } from '../messages/plain-data.ts'
import { estimateSize } from '../messages/value-size.ts'

const MB = 1024 * 1024

/** Characters or bytes that are written at a time. */
const PIECE = MB

/** A part of less than that becomes text in one go. */
const SMALL_BYTES = 64 * 1024

/** Text of JSON is read again as one string, and the longest that V8 makes has 512 million characters. */
const LARGEST_JSON_BYTES = 256 * MB

/** A value as the bytes of a file, a piece at a time: as much again as a large result takes is what nobody has. */
export interface ResultPieces {
  readonly format: ResultFormat
  /** The usual end of such a file's name. */
  readonly extension: string
  readonly pieces: Iterable<Uint8Array>
}

/**
 * Bytes as they are, well-formed text as text, what JSON brings back unchanged as JSON, anything else as V8's structured clone, for which
 * V8 needs as much memory again.
 * @throws Error for what cannot be cloned.
 */
export const resultPieces = (value: unknown): ResultPieces => {
  if (value instanceof Uint8Array) return { format: 'bytes', extension: 'bin', pieces: slices(value) }
  if (typeof value === 'string' && value.isWellFormed()) {
    return { format: 'text', extension: 'txt', pieces: encoded(cut(value)) }
  }
  if (isJson(value)) return { format: 'json', extension: 'json', pieces: encoded(jsonOf(value)) }
  return { format: 'clone', extension: 'v8', pieces: slices(v8().serialize(value)) }
}

/** Loaded when it is needed: no worker begins later for it. */
const v8 = (): typeof import('node:v8') => process.getBuiltinModule('node:v8')

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE)
}

/** Never between the two halves of a character. */
function* cut(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const last = text.charCodeAt(at + PIECE - 1)
    const end = at + PIECE + (last >= 0xd800 && last <= 0xdbff ? 1 : 0)
    yield text.slice(at, end)
    at = end
  }
}

function* encoded(texts: Iterable<string>): Generator<Uint8Array> {
  let together = ''
  for (const text of texts) {
    together += text
    if (together.length < PIECE) continue
    yield Buffer.from(together)
    together = ''
  }
  yield Buffer.from(together)
}

/** `JSON.stringify` of a string of 140 million characters aborts Node 26; this has no piece of more than a megabyte. */
function* jsonOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield* jsonOfText(value)
  else if (estimateSize(value, SMALL_BYTES) <= SMALL_BYTES) yield JSON.stringify(value)
  else if (Array.isArray(value)) yield* jsonOfList(value)
  else yield* jsonOfRecord(value as object)
}

/** A character whose halves fall into two pieces is written as two escapes, which are read as one again. */
function* jsonOfText(text: string): Generator<string> {
  yield '"'
  for (let at = 0; at < text.length; at += PIECE) yield JSON.stringify(text.slice(at, at + PIECE)).slice(1, -1)
  yield '"'
}

function* jsonOfList(list: readonly unknown[]): Generator<string> {
  let before = '['
  for (const item of list) {
    yield before
    yield* jsonOf(item)
    before = ','
  }
  yield ']'
}

function* jsonOfRecord(record: object): Generator<string> {
  let before = '{'
  for (const [key, value] of Object.entries(record)) {
    yield before
    yield* jsonOfText(key)
    yield ':'
    yield* jsonOf(value)
    before = ','
  }
  yield '}'
}

/** True for what JSON brings back as a structured clone does. */
const isJson = (value: unknown): boolean => {
  if (estimateSize(value, LARGEST_JSON_BYTES) > LARGEST_JSON_BYTES) return false
  const seen = new Set<object>()
  const isSame = (part: unknown): boolean => {
    if (typeof part === 'number') return Number.isFinite(part) && !Object.is(part, -0)
    if (typeof part !== 'object' || part === null) return part === null || isText(part) || typeof part === 'boolean'
    // Twice the same object: JSON would make two of it, or never end.
    if (seen.has(part) || !isPlainContainer(part)) return false
    seen.add(part)
    return Array.isArray(part) ? part.every(isSame) : Object.values(part).every(isSame)
  }
  try {
    return isSame(value)
  } catch {
    // A getter that throws, or objects nested deeper than the stack: the clone will say so.
    return false
  }
}

const isText = (value: unknown): boolean => typeof value === 'string'
