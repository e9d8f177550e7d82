import type { AgentContext } from '../agent.ts'
import { type FileFacts, lookAtFile } from './file-facts.ts'
import type { ImportResolver } from './import-resolver.ts'
import type { Inventory } from './inventory.ts'
import type { PlannerLimits } from './limits.ts'
import { isCode } from './path-table.ts'
import type { Pulse } from './pulse.ts'
import type { Query } from './query.ts'
import { decodeText, type FileStart, readStart } from './read-start.ts'
import { type SkipReason, skipContent, skipText } from './skip-rules.ts'

/** What was learned from reading a folder's files. */
export interface Reading {
  /** By the index of the inventory; undefined for a file that was skipped when it was opened. */
  readonly facts: readonly (FileFacts | undefined)[]
  /** Files whose text was looked at. */
  readonly read: number
  /** Bytes of text that were looked at. */
  readonly bytes: number
  /** Files of which only the beginning was looked at. */
  readonly truncated: number
  /** Files ranked by path alone, because the limit of bytes was reached before them. */
  readonly pathOnly: number
}

/** What reading needs to know. */
export interface ReadingOptions {
  readonly inventory: Inventory
  readonly query: Query
  readonly resolver: ImportResolver
  readonly limits: PlannerLimits
  readonly context: AgentContext
  readonly pulse: Pulse
}

/** Reads every file of the inventory, a few at a time, each lane with one buffer that it uses again and again. */
export async function readFiles(options: ReadingOptions): Promise<Reading> {
  const reader = new Reader(options)
  const lanes = Math.min(options.limits.concurrency, Math.max(1, options.inventory.paths.length))
  // Settled, not all: when one lane throws the abort reason, none may go on in the background.
  const ends = await Promise.allSettled(Array.from({ length: lanes }, () => reader.runLane()))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
  return reader.result()
}

class Reader {
  readonly #options: ReadingOptions
  readonly #facts: (FileFacts | undefined)[]
  #next = 0
  #done = 0
  #read = 0
  #bytes = 0
  #truncated = 0
  #pathOnly = 0

  constructor(options: ReadingOptions) {
    this.#options = options
    this.#facts = new Array<FileFacts | undefined>(options.inventory.paths.length).fill(undefined)
  }

  async runLane(): Promise<void> {
    const { inventory, limits, pulse } = this.#options
    const buffer = Buffer.allocUnsafe(limits.bytesPerFile)
    for (let index = this.#next++; index < inventory.paths.length; index = this.#next++) {
      pulse.beat(() => ({ phase: 'reading', files: inventory.paths.length, done: this.#done }))
      await this.#readFile(index, inventory.paths[index] ?? '', buffer)
      this.#done += 1
    }
  }

  result(): Reading {
    return {
      facts: this.#facts,
      read: this.#read,
      bytes: this.#bytes,
      truncated: this.#truncated,
      pathOnly: this.#pathOnly,
    }
  }

  async #readFile(index: number, path: string, buffer: Buffer): Promise<void> {
    if (this.#bytes >= this.#options.limits.bytesInTotal) return this.#keep(index, path, undefined)
    const start = await readStart(this.#options.inventory.root, path, buffer)
    const text = this.#textOf(path, start)
    if (typeof text === 'string') this.#keep(index, path, text)
    else this.#options.inventory.skipped.add(text.skip, path)
    if (start !== undefined && typeof text === 'string' && start.size > start.bytes.length) this.#truncated += 1
    this.#bytes += start?.bytes.length ?? 0
  }

  #textOf(path: string, start: FileStart | undefined): string | { readonly skip: SkipReason } {
    if (start === undefined) return { skip: 'unreadable' }
    if (start.size > this.#options.limits.hugeFileBytes) return { skip: 'huge' }
    const unwanted = skipContent(start.bytes)
    if (unwanted !== undefined) return { skip: unwanted }
    const text = decodeText(start.bytes)
    const skip = skipText(text, isCode(path))
    return skip === undefined ? text : { skip }
  }

  #keep(index: number, path: string, text: string | undefined): void {
    const { query, resolver, limits } = this.#options
    this.#facts[index] = lookAtFile(path, text, query, resolver, limits.importsPerFile)
    if (text === undefined) this.#pathOnly += 1
    else this.#read += 1
  }
}
