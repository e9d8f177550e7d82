import { type CelProgram, celEnvironment, roots } from '../condition/cel-environment.ts'
import { runFields, stepFields } from '../condition/condition-facts.ts'
import { type Access, expressionNames, type FreeName } from '../condition/expression-names.ts'
import { listedWords } from '../listed-words.ts'
import { likelyWord } from '../spelling-distance.ts'
import type { Condition } from './condition.ts'
import type { PlanScope } from './plan-scope.ts'

// Deep enough nesting for anybody, and shallow enough to be walked by recursion.
const LONGEST = 2_000
const RUNS_ANYWAY = 'nothing here reads it, so the step always runs'

/**
 * Reads the `condition` of a step. What is no expression is prose; so is an expression that uses none of our names,
 * such as `plan.complexity >= moderate`: it was written for another system. What uses our names must be right.
 */
export function planCondition(scope: PlanScope, position: number): Condition | undefined {
  const written = scope.workflow.steps[position]?.condition
  if (written === undefined) return undefined
  if (typeof written === 'boolean') return { kind: 'constant', value: written }
  return new ConditionReader(scope, position, written).read()
}

class ConditionReader {
  readonly #scope: PlanScope
  readonly #position: number
  readonly #text: string
  readonly #path: readonly PropertyKey[]

  constructor(scope: PlanScope, position: number, text: string) {
    this.#scope = scope
    this.#position = position
    this.#text = text
    this.#path = ['steps', position, 'condition']
  }

  read(): Condition {
    if (this.#text.length > LONGEST) this.#problem(`is longer than ${LONGEST} characters`)
    else if (this.#text.trim() === '') this.#problem('is empty')
    else return this.#readText()
    return { kind: 'prose', text: this.#text }
  }

  #readText(): Condition {
    const parsed = parseExpression(this.#text)
    if (typeof parsed === 'function') return this.#readExpression(parsed)
    if (!usesOurNames(this.#text)) return this.#prose(`is not an expression: ${RUNS_ANYWAY}`)
    this.#problem(`is not a correct expression: ${summary(parsed.error)}`, rangeOf(parsed.error))
    return { kind: 'prose', text: this.#text }
  }

  #prose(why: string): Condition {
    this.#scope.report.note(this.#path, `${JSON.stringify(this.#text.slice(0, 100))} ${why}`)
    return { kind: 'prose', text: this.#text }
  }

  #readExpression(program: CelProgram): Condition {
    const names = expressionNames(program.ast)
    const { valid, type, error } = program.check()
    const isOurs = names.accesses.length > 0 || names.whole.size > 0 || names.free.some(({ name }) => this.#meant(name))
    if (!valid && !isOurs) return this.#prose(`is written for something else (${summary(error)}): ${RUNS_ANYWAY}`)
    for (const free of names.free) this.#refuseName(free)
    for (const access of names.accesses) this.#checkAccess(access)
    // What a name that does not exist comes to is not worth a second problem.
    if (names.free.length > 0) return { kind: 'cel', source: this.#text }
    if (!valid) this.#problem(summary(error), rangeOf(error))
    else if (type !== 'bool' && type !== 'dyn') this.#problem(`comes to ${type}, neither true nor false`)
    return { kind: 'cel', source: this.#text }
  }

  #refuseName({ name, node }: FreeName): void {
    const meant = this.#meant(name)
    this.#problem(`there is no ${name}: ${meant ? `write ${meant}` : `known are ${roots.join(', ')}`}`, node)
  }

  /** What a name that does not exist was probably meant to be: `complexity` is `run.complexity`. */
  #meant(name: string): string | undefined {
    if (this.#scope.inputNames.has(name)) return `inputs.${name}`
    const field = likelyWord(name, runFields)
    return field === undefined ? likelyWord(name, roots) : `run.${field}`
  }

  #checkAccess(access: Access): void {
    if (access.root === 'run') this.#checkKey(access, new Set(runFields))
    else if (access.root === 'inputs') this.#checkKey(access, this.#scope.inputNames)
    else this.#checkStep(access)
  }

  #checkKey({ root, key, node }: Access, known: ReadonlySet<string>): void {
    if (!known.has(key)) this.#problem(`there is no ${root}.${key}: known are ${listedWords(known)}`, node)
  }

  #checkStep({ root, key, isText, field, node }: Access): void {
    const { index, order } = this.#scope
    const found = index.find(key)
    if (found.position === null) this.#problem(found.why, node)
    else if (!isText) this.#problem(`write ${root}['${key}']`, node)
    else if (!index.isNamedOnce(key, found.position)) this.#problem(`write ${index.exactName(found.position)}`, node)
    else if (!order.comesBefore(found.position, this.#position))
      this.#problem(
        `${index.describe(found.position)} is not among what this step needs, so it may not have ended`,
        node,
      )
    else if (root === 'steps' && field !== null && !stepFields.some((known) => known === field))
      this.#problem(`a step has no ${field}: known are ${stepFields.join(', ')}`, node)
  }

  #problem(message: string, range?: { start: number; end: number }): void {
    const at = range && { text: this.#text, start: range.start, end: Math.max(range.end, range.start + 1) }
    this.#scope.report.problem(this.#path, message, at)
  }
}

function parseExpression(text: string): CelProgram | { readonly error: unknown } {
  try {
    return celEnvironment().parse(text)
  } catch (error) {
    return { error }
  }
}

/** `run.`, `inputs[` … are not words that a sentence has. */
function usesOurNames(text: string): boolean {
  return /\b(run|inputs|steps|outputs)(\.[A-Za-z_]|\[)/.test(text)
}

function rangeOf(error: unknown): { start: number; end: number } | undefined {
  return Reflect.get(Object(error), 'range')
}

function summary(error: unknown): string {
  const [line = ''] = String(Reflect.get(Object(error), 'summary') ?? error).split('\n', 1)
  return line === 'has() invalid argument' ? "has() takes names only: write 'score' in outputs['Review']" : line
}
