import { estimateTokens } from './estimate-tokens.ts'
import { type Block, blockTokens } from './fence.ts'

/** Lines under one heading, of which as many are shown as fit, the first ones first. */
export class ListSection {
  readonly #kind: string
  readonly #about: string
  readonly #lines: readonly string[]
  readonly #costs: readonly number[]
  /** Estimated tokens of the block without its lines. */
  readonly #frame: number
  /** Estimated tokens of the whole list; 0 when it has no lines. */
  readonly need: number

  /** @param lines each ends with a line break and has no other */
  constructor(kind: string, about: string, lines: readonly string[]) {
    this.#kind = kind
    this.#about = about
    this.#lines = lines
    this.#costs = lines.map(estimateTokens)
    this.#frame = blockTokens({ kind, about, content: '' })
    this.need = lines.length === 0 ? 0 : this.#costs.reduce((sum, cost) => sum + cost, this.#frame)
  }

  /** How many lines fit. */
  countWithin(tokens: number): number {
    if (this.need <= tokens) return this.#lines.length
    let left = tokens - this.#frame - estimateTokens(remainderLine(this.#lines.length))
    const end = this.#costs.findIndex((cost) => {
      left -= cost
      return left < 0
    })
    return Math.max(0, end)
  }

  costOf(line: number): number {
    return this.#costs[line] ?? 0
  }

  /** Undefined when no line is shown. */
  render(count: number): Block | undefined {
    if (count === 0) return undefined
    const rest = this.#lines.length - count
    const shown = this.#lines.slice(0, count).join('')
    return { kind: this.#kind, about: this.#about, content: rest === 0 ? shown : `${shown}${remainderLine(rest)}` }
  }
}

function remainderLine(count: number): string {
  return `and ${count} more\n`
}
