import type { Workflow } from '../workflow.ts'

/** A step that was looked up: its position, or why there is none. */
export type FoundStep = { readonly position: number } | { readonly position: null; readonly why: string }

const MOST_LISTED = 12

/** The steps of a workflow, by number and by name. */
export class StepIndex {
  readonly #steps: Workflow['steps']
  readonly #byNumber = new Map<number, number>()
  /** -1 for a name that several steps have. */
  readonly #byName = new Map<string, number>()

  constructor({ steps }: Workflow) {
    this.#steps = steps
    for (const [position, { step, name }] of steps.entries()) {
      this.#byNumber.set(step, position)
      this.#byName.set(fold(name), this.#byName.has(fold(name)) ? -1 : position)
    }
  }

  /** Finds a step by its number, written as a number or as text, or else by its name in any case. */
  find(reference: string | number): FoundStep {
    const byNumber = this.findNumber(reference)
    if (byNumber !== undefined) return { position: byNumber }
    const byName = this.#byName.get(fold(String(reference)))
    if (byName === -1)
      return { position: null, why: `several steps are called ${JSON.stringify(reference)}: give the number` }
    if (byName !== undefined) return { position: byName }
    return { position: null, why: `there is no step ${JSON.stringify(reference)}: known are ${this.#known()}` }
  }

  findNumber(reference: string | number): number | undefined {
    const isNumber = typeof reference === 'number' || /^\s*\d+(\.\d+)?\s*$/.test(reference)
    return isNumber ? this.#byNumber.get(Number(reference)) : undefined
  }

  /** Whether a text is exactly a step's number or its name, and no other step's name: that is how facts are looked up. */
  isNamedOnce(written: string, position: number): boolean {
    const { step, name } = this.#steps[position] ?? {}
    const sameName = this.#byName.get(fold(written))
    return (written === String(step) || written === name) && (sameName === undefined || sameName === position)
  }

  /** A step's number or its name, whichever is no other step's name. */
  exactName(position: number): string {
    const { step, name = '' } = this.#steps[position] ?? {}
    return JSON.stringify(this.isNamedOnce(String(step), position) ? String(step) : name)
  }

  /** How a step is called in a message. */
  describe(position: number): string {
    return `step ${this.#steps[position]?.step}`
  }

  #known(): string {
    const listed = this.#steps.slice(0, MOST_LISTED).map(({ step, name }) => `${step} (${name.slice(0, 40)})`)
    const hidden = this.#steps.length - listed.length
    return listed.concat(hidden > 0 ? [`and ${hidden} more`] : []).join(', ')
  }
}

function fold(name: string): string {
  return name.trim().toLowerCase()
}
