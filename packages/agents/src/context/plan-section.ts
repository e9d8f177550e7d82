import type { Plan, PlanFile } from '../plan.ts'
import type { FilledSection } from './artifact-section.ts'
import type { ContextPart } from './context-record.ts'
import { blockTokens, quoted } from './fence.ts'
import { ListSection } from './list-section.ts'

/** The files that the planner ranked, with its reasons, the best first. */
export class PlanSection {
  readonly #list: ListSection
  readonly #total: number

  constructor(plan: Pick<Plan, 'files'> | null) {
    const files = plan?.files ?? []
    this.#total = files.length
    this.#list = new ListSection('plan', 'files of the folder, the most relevant first', files.map(fileLine))
  }

  get need(): number {
    return this.#list.need
  }

  fill(tokens: number): FilledSection {
    if (this.#total === 0) return { blocks: [], parts: [] }
    const count = this.#list.countWithin(tokens)
    const block = this.#list.render(count)
    const own = block === undefined ? 0 : blockTokens(block)
    const part = { kind: 'plan', name: 'ranked files', fromStep: null, tokens: own, included: count } as const
    return {
      blocks: block === undefined ? [] : [block],
      parts: [{ ...part, total: this.#total, ...standing(count, this.#total) }],
    }
  }
}

function standing(count: number, total: number): Pick<ContextPart, 'state' | 'reason'> {
  if (count === total) return { state: 'whole', reason: 'It fits.' }
  if (count === 0) return { state: 'left_out', reason: 'The budget has no room for its first file.' }
  return { state: 'cut', reason: `The budget has room for its first ${count} files only.` }
}

function fileLine({ rank, path, relevant, reasons }: PlanFile): string {
  const why = reasons.map(({ text }) => text).join(' ')
  return `${rank}. ${quoted(path)}${relevant ? ', likely to change' : ''}: ${why.replace(/[\s\0]+/g, ' ')}\n`
}
