import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ClassificationRule, classifyTask, isLongRunningTask } from './task-classification.ts'

describe('the examples of the report', () => {
  test.each<[string, number | undefined, boolean]>([
    ['Implement authentication', undefined, true],
    ['Implement comprehensive authentication system', undefined, true],
    ['Refactor codebase', undefined, true],
    ['Analyze codebase', undefined, true],
    ['Fix login bug', 0.3, false],
    ['Fix login button bug', undefined, false],
    ['Update README', undefined, false],
    ['Add comment', undefined, false],
    ['Fix login bug', 0.8, true],
  ])('%j with complexity %s is long-running: %s', (text, complexity, expected) => {
    expect(isLongRunningTask(text, complexity)).toBe(expected)
  })
})

describe('the three rules, in order', () => {
  test.each<[string, number, boolean, ClassificationRule]>([
    ['fix it', 0, false, 'short-keyword'],
    ['fix it', 0.499, false, 'short-keyword'],
    ['fix it', 0.5, false, 'default'],
    ['fix it', 0.6, false, 'default'],
    ['fix it', 0.61, true, 'default'],
    ['fix it', 0.7, true, 'default'],
    ['fix it', 0.71, true, 'high-complexity'],
    ['refactor and fix', 0.49, false, 'short-keyword'],
    ['refactor and fix', 0.5, true, 'long-keyword'],
    ['refactor', 0, true, 'long-keyword'],
    ['refactor', 1, true, 'long-keyword'],
    ['explain it', 0, false, 'default'],
    ['explain it', 0.6, false, 'default'],
    ['explain it', 0.65, true, 'default'],
    ['explain it', 1, true, 'high-complexity'],
    ['', 0.5, false, 'default'],
  ])('%j with complexity %s is long-running: %s by rule %s', (text, complexity, longRunning, rule) => {
    expect(classifyTask(text, complexity)).toMatchObject({ longRunning, rule, complexity })
  })

  test('a reason names the words and the figures that decided', () => {
    expect(classifyTask('Quickly FIX this', 0.3).reason).toBe(
      'short: it says "quick", "fix" and complexity 0.3 is below 0.5',
    )
    expect(classifyTask('explain', 0.9).reason).toBe('long-running: complexity 0.9 is above 0.7')
  })

  test('any text and complexity follow the decision logic', () => {
    const words = fc.constantFrom('fix', 'Refactor', 'large-scale', 'prefix', 'the', 'Adding', 'codebase', 'analysing')
    const text = fc.array(words).map((list) => list.join(' '))
    fc.assert(
      fc.property(text, fc.double({ min: 0, max: 1, noNaN: true }), (task, complexity) => {
        const { longRunning, matched } = classifyTask(task, complexity)
        if (matched.short.length > 0 && complexity < 0.5) expect(longRunning).toBe(false)
        else if (matched.long.length > 0 || complexity > 0.7) expect(longRunning).toBe(true)
        else expect(longRunning).toBe(complexity > 0.6)
      }),
    )
  })
})

describe('what is refused', () => {
  test.each([-0.1, 1.1, Number.NaN, Number.POSITIVE_INFINITY, '0.5', null, {}, 1n])('complexity %s', (complexity) => {
    expect(() => classifyTask('fix', complexity as never)).toThrow(
      expect.objectContaining({ name: 'ComplexityOutOfRangeError', code: 'COMPLEXITY_OUT_OF_RANGE' }),
    )
  })

  test.each([undefined, null, 7, ['fix'], { text: 'fix' }])('text %j', (text) => {
    const classify = () => isLongRunningTask(text as never)
    expect(classify).toThrow(TypeError)
    expect(classify).toThrow(expect.objectContaining({ code: 'TASK_TEXT_INVALID' }))
  })

  test('the message says what was expected and what came', () => {
    expect(() => classifyTask('fix', '0.5' as never)).toThrow('Expected a complexity from 0 to 1, got "0.5"')
  })
})
