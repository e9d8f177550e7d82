import { boundedCall } from '../bounded-call.ts'
import type { Condition } from '../plan/condition.ts'
import { type CelProgram, celEnvironment } from './cel-environment.ts'
import { ConditionError } from './condition-error.ts'
import { type ConditionFacts, namedFacts } from './condition-facts.ts'
import { type ExpressionNames, expressionNames } from './expression-names.ts'

const LONGEST_MS = 250
const MOST_KEPT = 1_000

interface Expression {
  readonly run: CelProgram
  readonly names: ExpressionNames
}

const expressions = new Map<string, Expression>()

/**
 * Whether a step runs. Synchronous, and ended after 250 ms. Prose is always true: nothing here reads it.
 *
 * @throws {ConditionError} it names what is not there, comes to neither true nor false, or takes too long (CONDITION_FAILED)
 */
export function evaluateCondition(condition: Condition, facts: ConditionFacts): boolean {
  if (condition.kind === 'prose') return true
  return condition.kind === 'constant' ? condition.value : evaluateExpression(condition.source, facts)
}

function evaluateExpression(source: string, facts: ConditionFacts): boolean {
  const value = attempt(source, () => answerOf(parsed(source), facts))
  if (typeof value === 'boolean') return value
  throw new ConditionError(source, `it comes to ${typeof value}, neither true nor false`)
}

function attempt(source: string, work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    const [why = ''] = String(Reflect.get(Object(error), 'message')).split('\n')
    throw new ConditionError(source, why, { cause: error })
  }
}

function answerOf({ run, names }: Expression, facts: ConditionFacts): unknown {
  const named = namedFacts(facts, names)
  // Only these can take long: a regular expression, or one macro within another.
  return names.hasMethods ? boundedCall(LONGEST_MS, () => run(named)) : run(named)
}

function parsed(source: string): Expression {
  const known = expressions.get(source)
  if (known !== undefined) return known
  const run = celEnvironment().parse(source)
  const expression = { run, names: expressionNames(run.ast) }
  if (expressions.size >= MOST_KEPT) expressions.clear()
  expressions.set(source, expression)
  return expression
}
