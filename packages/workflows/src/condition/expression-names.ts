import { type CelNode, roots } from './cel-environment.ts'

/** A name that an expression does not bring itself. */
export interface FreeName {
  readonly name: string
  readonly node: CelNode
}

/** A step, an input or a fact that an expression names in so many words: `inputs.version`, `outputs['Review'].score`. */
export interface Access {
  readonly root: (typeof roots)[number]
  /** What stands in the brackets or after the dot. */
  readonly key: string
  /** Whether that is a text, and not a number. */
  readonly isText: boolean
  /** What stands after that; null when nothing does, or nothing that is known before it is evaluated. */
  readonly field: string | null
  readonly node: CelNode
}

/** Everything that an expression refers to. */
export interface ExpressionNames {
  readonly free: readonly FreeName[]
  readonly accesses: readonly Access[]
  /** The roots that are used otherwise: `size(outputs)`, `steps[run.id]`. */
  readonly whole: ReadonlySet<string>
  /** Whether it has methods or macros, whose time depends on what they are given. */
  readonly hasMethods: boolean
}

const macros = new Set(['all', 'bind', 'exists', 'exists_one', 'existsOne', 'filter', 'map', 'transformList'])

/** Collects what an expression refers to; names that its macros bind are its own. */
export function expressionNames(ast: CelNode): ExpressionNames {
  const names = new NameCollector()
  names.visit(ast, new Set(), null)
  return names
}

class NameCollector implements ExpressionNames {
  readonly free: FreeName[] = []
  readonly accesses: Access[] = []
  readonly whole: Set<string> = new Set()
  hasMethods = false

  /** @param field what is taken from this node's value by name, when it is known */
  visit(node: CelNode, bound: ReadonlySet<string>, field: string | null): void {
    const access = accessOf(node, field)
    if (access !== null && !bound.has(access.root)) this.accesses.push(access)
    else if (node.op === 'id') this.#visitName(node.args, node, bound)
    else this.#visitParts(node, bound)
  }

  #visitName(name: string, node: CelNode, bound: ReadonlySet<string>): void {
    if (bound.has(name)) return
    if (isRoot(name)) this.whole.add(name)
    else this.free.push({ name, node })
  }

  #visitParts(node: CelNode, bound: ReadonlySet<string>): void {
    if (node.op === 'rcall') this.hasMethods = true
    const [macro, , parameters] = node.op === 'rcall' ? node.args : []
    const variable = macro !== undefined && macros.has(macro) ? parameters?.[0] : undefined
    const within = variable?.op === 'id' ? new Set([...bound, variable.args]) : bound
    const field = keyOf(node)
    for (const part of partsOf(node)) this.visit(part, within, field)
  }
}

/** `root.key` and `root['key']`, the latter also with a whole number. */
function accessOf(node: CelNode, field: string | null): Access | null {
  const key = keyOf(node)
  const [target] = partsOf(node)
  if (key === null || target?.op !== 'id' || !isRoot(target.args)) return null
  const index = node.op === '[]' || node.op === '[?]' ? node.args[1] : undefined
  return { root: target.args, key, isText: index?.op !== 'value' || typeof index.args === 'string', field, node }
}

function keyOf(node: CelNode): string | null {
  if (node.op === '.' || node.op === '.?') return node.args[1]
  if (node.op !== '[]' && node.op !== '[?]') return null
  const index = node.args[1]
  return index.op === 'value' && ['string', 'number', 'bigint'].includes(typeof index.args) ? String(index.args) : null
}

function isRoot(name: string): name is Access['root'] {
  return roots.some((root) => root === name)
}

/** The nodes within a node, at whatever depth its arguments are lists. */
function partsOf(node: CelNode): CelNode[] {
  return [node.args].flat(4).filter((part) => typeof part === 'object' && part !== null && 'op' in part) as CelNode[]
}
