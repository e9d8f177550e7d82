import { createRequire } from 'node:module'
import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js'

export type CelNode = ASTNode
export type CelProgram = ParseResult

/** The names that an expression begins with. */
export const roots = ['run', 'inputs', 'steps', 'outputs'] as const

let environment: Environment | undefined

/**
 * The language, loaded when a first condition is read: a program that only routes does not pay the 20 ms.
 * `require` and not `import`, because conditions are asked in the middle of a transaction, which cannot wait.
 */
export function celEnvironment(): Environment {
  environment ??= create()
  return environment
}

function create(): Environment {
  const cel: typeof import('@marcbachmann/cel-js') = createRequire(import.meta.url)('@marcbachmann/cel-js')
  const empty = new cel.Environment({ unlistedVariablesAreDyn: false })
  return roots.reduce((built, root) => built.registerVariable(root, 'map'), empty)
}
