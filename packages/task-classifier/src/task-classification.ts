import { ComplexityOutOfRangeError } from './complexity-out-of-range-error.ts'
import { findKeywords, type KeywordsFound } from './keyword-search.ts'
import { TaskTextInvalidError } from './task-text-invalid-error.ts'

/**
 * The rule that decided:
 * - `short-keyword`: a short keyword and a complexity below 0.5, so short;
 * - `long-keyword`: a long keyword, so long;
 * - `high-complexity`: a complexity above 0.7, so long;
 * - `default`: neither, so long only above 0.6.
 */
export type ClassificationRule = 'short-keyword' | 'long-keyword' | 'high-complexity' | 'default'

/** Whether a task is expected to run for long, and why. */
export interface TaskClassification {
  readonly longRunning: boolean
  readonly rule: ClassificationRule
  /** One sentence for a log or a run record. */
  readonly reason: string
  /** The keywords in the text, in their base form, each once. */
  readonly matched: KeywordsFound
  readonly complexity: number
}

/** Complexity is a number from 0 to 1. The thresholds are those of the worker pattern report of 2026-01-12. */
const thresholds = { standard: 0.5, shortBelow: 0.5, longAbove: 0.7, defaultAbove: 0.6 } as const

/**
 * Tells whether a task is expected to run for long.
 *
 * @param text what the task is, in plain English words; keywords are whole words, in any case
 * @param complexity from 0 to 1, 0.5 by default
 * @throws {TaskTextInvalidError} the text is not a string (TASK_TEXT_INVALID)
 * @throws {ComplexityOutOfRangeError} the complexity is not a number from 0 to 1 (COMPLEXITY_OUT_OF_RANGE)
 */
export function isLongRunningTask(text: string, complexity: number = thresholds.standard): boolean {
  return classifyTask(text, complexity).longRunning
}

/** Like {@link isLongRunningTask}, with the rule that decided, a reason in words and the keywords found. */
export function classifyTask(text: string, complexity: number = thresholds.standard): TaskClassification {
  if (typeof text !== 'string') throw new TaskTextInvalidError(text)
  if (!isComplexity(complexity)) throw new ComplexityOutOfRangeError(complexity)
  const matched = findKeywords(text)
  return { ...decide(matched, complexity), matched, complexity }
}

function isComplexity(complexity: unknown): boolean {
  return typeof complexity === 'number' && complexity >= 0 && complexity <= 1
}

type Decision = Pick<TaskClassification, 'longRunning' | 'rule' | 'reason'>

function decide({ short, long }: KeywordsFound, complexity: number): Decision {
  const { shortBelow, longAbove, defaultAbove } = thresholds
  if (short.length > 0 && complexity < shortBelow) {
    return shortTask('short-keyword', `${quoted(short)} and complexity ${complexity} is below ${shortBelow}`)
  }
  if (long.length > 0) return longTask('long-keyword', `${quoted(long)}`)
  if (complexity > longAbove) return longTask('high-complexity', `complexity ${complexity} is above ${longAbove}`)
  return complexity > defaultAbove
    ? longTask('default', `no long keyword, but complexity ${complexity} is above ${defaultAbove}`)
    : shortTask('default', `no long keyword, and complexity ${complexity} is not above ${defaultAbove}`)
}

function shortTask(rule: ClassificationRule, why: string): Decision {
  return { longRunning: false, rule, reason: `short: ${why}` }
}

function longTask(rule: ClassificationRule, why: string): Decision {
  return { longRunning: true, rule, reason: `long-running: ${why}` }
}

function quoted(keywords: readonly string[]): string {
  return `it says ${keywords.map((keyword) => `"${keyword}"`).join(', ')}`
}
