import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { deserialize } from 'node:v8'
import type { ArtifactReference, ResultFormat } from './messages/messages.ts'

/** The file is not what its task wrote. */
export class ResultFileError extends Error {
  override readonly name = 'ResultFileError'
  readonly code = 'RESULT_FILE_CHANGED'
  readonly path: string

  constructor({ path, sha256 }: ArtifactReference, got: string) {
    super(`Expected ${path} as its task wrote it (SHA-256 ${sha256}), got ${got}; it has been changed since.`)
    this.path = path
  }
}

/** The value of a task whose result was above `resultLimitMb`: it stands in an artifact. */
export class ResultFile implements ArtifactReference {
  readonly name: string
  readonly path: string
  readonly size: number
  readonly sha256: string
  readonly format: ResultFormat

  constructor({ name, path, size, sha256 }: ArtifactReference, format: ResultFormat) {
    this.name = name
    this.path = path
    this.size = size
    this.sha256 = sha256
    this.format = format
  }

  /**
   * The value as the task returned it; bytes come as a Buffer. It takes as much memory as it is large, and the event loop for as long as it
   * takes to be parsed: whoever can reads the file in pieces.
   * @throws ResultFileError `RESULT_FILE_CHANGED`
   */
  async read<Value = unknown>(): Promise<Value> {
    return (await readers[this.format](this)) as Value
  }
}

const readers: Readonly<Record<ResultFormat, (file: ResultFile) => Promise<unknown>>> = {
  bytes: (file) => readBytes(file),
  text: (file) => readText(file),
  json: async (file) => JSON.parse(await readText(file)),
  clone: async (file) => deserialize(await readBytes(file)),
}

const readBytes = async (file: ResultFile): Promise<Buffer> => {
  const bytes = await readFile(file.path)
  assertSame(file, createHash('sha256').update(bytes).digest('hex'))
  return bytes
}

/** In pieces: of a file of more than 512 MB `readFile` makes no text, though it may have fewer characters. */
const readText = async (file: ResultFile): Promise<string> => {
  const hash = createHash('sha256')
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let text = ''
  for await (const piece of createReadStream(file.path, { highWaterMark: 1024 * 1024 })) {
    hash.update(piece)
    text += decoder.decode(piece, { stream: true })
  }
  assertSame(file, hash.digest('hex'))
  return text + decoder.decode()
}

const assertSame = (file: ResultFile, sha256: string): void => {
  if (sha256 !== file.sha256) throw new ResultFileError(file, sha256)
}
