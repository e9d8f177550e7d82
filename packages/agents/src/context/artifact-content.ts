import type { ContextInput } from './context-request.ts'
import { cutText } from './cut-text.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { type Block, blockTokens, quoted } from './fence.ts'
import { readHead } from './read-head.ts'

/** Estimated tokens; a shorter beginning of a file says nothing. */
const shortestCut = 32

/** What is put in of an artifact. */
export interface ArtifactExcerpt {
  readonly block: Block
  readonly isWhole: boolean
  /** Bytes of UTF-8. */
  readonly included: number
  /** Bytes. */
  readonly total: number
}

/** An artifact that has been looked at: how much room its content would take. */
export class ArtifactContent {
  readonly #input: ContextInput
  readonly size: number
  /** Estimated tokens of its content with its frame; 0 when it cannot be put in, more than the limit when it is longer than that. */
  readonly need: number
  /** Why it cannot be put in. */
  readonly obstacle: string | undefined

  private constructor(input: ContextInput, size: number, need: number, obstacle?: string) {
    this.#input = input
    this.size = size
    this.need = need
    this.obstacle = obstacle
  }

  /** @param limit estimated tokens; of a longer file no more is read than what tells that it is longer */
  static async measure(input: ContextInput, limit: number): Promise<ArtifactContent> {
    const head = await readHead(input.path, bytesFor(limit))
    if (head.kind === 'unreadable') {
      return new ArtifactContent(input, input.size, 0, `It could not be read (${head.reason}).`)
    }
    if (head.kind === 'binary') return new ArtifactContent(input, head.size, 0, 'It is not UTF-8 text.')
    const need = head.isWhole ? frameTokens(input, head.size) + estimateTokens(head.text) : limit + 1
    return new ArtifactContent(input, head.size, need)
  }

  static notMeasured(input: ContextInput, reason: string): ArtifactContent {
    return new ArtifactContent(input, input.size, 0, reason)
  }

  /** Reads what fits; undefined when that is too little to say anything. Rejects when the file can no longer be read. */
  async excerpt(tokens: number): Promise<ArtifactExcerpt | undefined> {
    if (this.need === 0 || tokens < Math.min(this.need, frameTokens(this.#input, this.size) + shortestCut))
      return undefined
    const head = await readHead(this.#input.path, bytesFor(tokens))
    if (head.kind !== 'text') throw new Error(`${this.#input.path} changed while it was read into a context`)
    const content = cutText(head.text, tokens - frameTokens(this.#input, head.size))
    const isWhole = head.isWhole && content === head.text
    const included = isWhole ? head.size : Buffer.byteLength(content)
    const about = isWhole ? wholeTitle(this.#input) : cutTitle(this.#input, included, head.size)
    return { block: { kind: 'artifact', about, content }, isWhole, included, total: head.size }
  }
}

/** No character is estimated at less than half a token for each of its bytes; the rest is room for a byte order mark. */
function bytesFor(tokens: number): number {
  return 2 * tokens + 8
}

/** Of the longest frame that the artifact can have, so that it does not depend on where the content is cut. */
function frameTokens(input: ContextInput, size: number): number {
  return blockTokens({ kind: 'artifact', about: cutTitle(input, size, size), content: '-' })
}

function wholeTitle({ name, fromStep }: ContextInput): string {
  return `${quoted(name)} of step ${fromStep}, whole`
}

function cutTitle(input: ContextInput, included: number, total: number): string {
  return `${quoted(input.name)} of step ${input.fromStep}, cut: the first ${included} of ${total} bytes`
}
