/*
 * What a structured clone will cost its reader, told from its bytes. V8's format is a row of tags, each with what belongs to it;
 * 80 MB of nothing but empty objects take 13 s and 3 GB to be read, so a forged message is measured before.
 * The tags are those of version 15, which Node 22, 24 and 26 write; one that is unknown is refused.
 */

/** The measures of `estimateSize`, which the sender keeps. */
const PART_BYTES = 8
const OBJECT_BYTES = 32

const tag = (character: string): number => character.charCodeAt(0)
const tags = (characters: string): ReadonlySet<number> => new Set(Array.from(characters, tag))

const PLAIN = tags('_0TF-')
const WITH_INTEGER = tags('IU^')
const WITH_DOUBLE = tags('N')
const WITH_BYTES = tags('"cSZ')
/** Objects without parts: true and false as objects, number, date, bigint, ArrayBuffer. */
const LEAVES = tags('yxnDzB')
const OPENING = tags("oaA;'")
const CLOSING = new Map([
  [tag('{'), 1],
  [tag('$'), 2],
  [tag('@'), 2],
  [tag(':'), 1],
  [tag(','), 1],
])
const ERROR_KINDS = tags('ERFSTU')

/** Bytes that the value will take, roughly; stops counting above `limit`. @throws Error when the bytes are no clone. */
export const cloneCost = (bytes: Uint8Array, limit: number): number => new CloneReader(bytes).cost(limit)

class CloneReader {
  readonly #bytes: Uint8Array
  #at = 0
  #cost = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  cost(limit: number): number {
    if (this.#next() !== 0xff) throw new Error('a structured clone begins with its version')
    this.#integer()
    while (this.#at < this.#bytes.length && this.#cost <= limit) this.#part()
    return this.#cost
  }

  /** One tag with what belongs to it. What stands inside an object follows as parts of their own. Returns the tag. */
  #part(): number {
    const kind = this.#next()
    this.#cost += PART_BYTES
    if (WITH_INTEGER.has(kind)) this.#integer()
    else if (WITH_DOUBLE.has(kind)) this.#skip(8)
    else if (WITH_BYTES.has(kind)) this.#sized(kind)
    else if (CLOSING.has(kind)) for (let left = CLOSING.get(kind) ?? 0; left > 0; left--) this.#integer()
    else if (!PLAIN.has(kind)) this.#object(kind)
    return kind
  }

  /** A value with all that is in it: as many objects end in it as begin. */
  #whole(): void {
    let open = 0
    do {
      const kind = this.#part()
      if (OPENING.has(kind)) open++
      if (CLOSING.has(kind)) open--
    } while (open > 0)
  }

  #object(kind: number): void {
    this.#cost += OBJECT_BYTES
    if (kind === tag('A') || kind === tag('a')) return void this.#integer()
    if (OPENING.has(kind)) return
    if (LEAVES.has(kind)) return this.#leaf(kind)
    if (kind === tag('s')) return this.#string()
    if (kind === tag('R')) return this.#regularExpression()
    if (kind === tag('~')) return this.#resizableBuffer()
    if (kind === tag('\\')) return this.#hostObject()
    if (kind === tag('r')) return this.#error()
    throw new Error(`a structured clone with the unknown tag ${kind}`)
  }

  #leaf(kind: number): void {
    if (kind === tag('D') || kind === tag('n')) this.#skip(8)
    if (kind === tag('z')) this.#sized(tag('Z'))
    if (kind === tag('B')) this.#sized(kind)
  }

  /** A length, then so many bytes; of a bigint the lowest bit of the length is its sign. */
  #sized(kind: number): void {
    const size = this.#integer()
    const bytes = kind === tag('Z') ? Math.floor(size / 2) : size
    this.#cost += bytes
    this.#skip(bytes)
  }

  #string(): void {
    const kind = this.#next()
    if (!WITH_BYTES.has(kind)) throw new Error(`a structured clone with tag ${kind} where a string belongs`)
    this.#sized(kind)
  }

  #regularExpression(): void {
    this.#string()
    this.#integer()
  }

  #resizableBuffer(): void {
    const size = this.#integer()
    this.#integer()
    this.#cost += size
    this.#skip(size)
  }

  /** What Node adds: typed arrays and Buffers, by the number of their class. */
  #hostObject(): void {
    this.#integer()
    this.#sized(tag('B'))
  }

  /** Its own tags, up to a full stop. */
  #error(): void {
    for (let kind = this.#next(); kind !== tag('.'); kind = this.#next()) {
      if (kind === tag('m') || kind === tag('s')) this.#string()
      else if (kind === tag('c')) this.#whole()
      else if (!ERROR_KINDS.has(kind)) throw new Error(`an error with the unknown tag ${kind}`)
    }
  }

  /** The next tag, behind the padding that stands before a string of two-byte characters. */
  #next(): number {
    while (this.#bytes[this.#at] === 0) this.#at++
    return this.#byte()
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new Error('a structured clone that breaks off')
    return byte
  }

  #skip(bytes: number): void {
    this.#at += bytes
    if (this.#at > this.#bytes.length) throw new Error('a structured clone that breaks off')
  }

  /** Seven bits in each byte, the lowest first. */
  #integer(): number {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new Error('a structured clone with an endless number')
  }
}
