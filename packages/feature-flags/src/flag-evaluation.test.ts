import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluateUseWorkers, type FlagInput } from './flag-evaluation.ts'

const inEnvironment = (said: string) => evaluateUseWorkers({ environment: { USE_WORKERS: said } })

describe('what can be read', () => {
  test.each(['true', 'TRUE', 'True', ' true ', '\ttrue\r\n', '\ufefftrue'])('%j is on', (said) => {
    expect(inEnvironment(said)).toMatchObject({ value: true, explicit: true, killSwitch: false, source: 'environment' })
    expect(inEnvironment(said)).not.toHaveProperty('warning')
  })

  test.each(['false', 'FALSE', ' False\n'])('%j is off, explicitly', (said) => {
    expect(inEnvironment(said)).toMatchObject({ value: false, explicit: true, killSwitch: true })
    expect(inEnvironment(said)).not.toHaveProperty('warning')
  })

  test.each(['', ' ', '\t\n'])('%j is unset', (said) => {
    expect(inEnvironment(said)).toEqual(evaluateUseWorkers({ environment: {} }))
    expect(inEnvironment(said)).toMatchObject({ value: false, source: 'default', explicit: false, killSwitch: false })
  })

  test.each(['1', '0', 'yes', 'no', 'on', 'off', 'flase', '"true"', 'true false', 't', 'null'])(
    '%j is off, with a warning that names it',
    (said) => {
      const evaluation = inEnvironment(said)
      expect(evaluation).toMatchObject({ value: false, explicit: true, killSwitch: true, raw: said })
      expect(evaluation.warning).toContain(`"${said}"`)
    },
  )
})

describe('which place decides', () => {
  const cases: [FlagInput, boolean, string, boolean][] = [
    [{ environment: {} }, false, 'default', false],
    [{ environment: {}, file: { useWorkers: true } }, true, 'file', false],
    [{ environment: {}, file: { useWorkers: 'TRUE' } }, true, 'file', false],
    [{ environment: {}, file: { useWorkers: false } }, false, 'file', true],
    [{ environment: {}, file: { useWorkers: 'banana' } }, false, 'file', true],
    [{ environment: { USE_WORKERS: 'true' }, file: { useWorkers: false } }, true, 'environment', false],
    [{ environment: { USE_WORKERS: ' ' }, file: { useWorkers: true } }, true, 'file', false],
    [{ environment: {}, file: { useWorkers: false }, option: true }, true, 'option', false],
    [{ environment: {}, option: true }, true, 'option', false],
    [{ environment: {}, option: false }, false, 'option', false],
    [{ environment: { USE_WORKERS: 'true' }, option: false }, false, 'option', false],
    [{ environment: { USE_WORKERS: 'false' }, option: true }, false, 'environment', true],
    [{ environment: { USE_WORKERS: 'banana' }, option: true }, false, 'environment', true],
    [{ environment: { USE_WORKERS: 'false' }, file: { useWorkers: true } }, false, 'environment', true],
  ]

  test.each(cases)('%j gives %s from the %s, kill switch %s', (input, value, source, killSwitch) => {
    expect(evaluateUseWorkers(input)).toMatchObject({ value, source, killSwitch })
  })
})

describe('what comes from outside is data', () => {
  test('an inherited value is not a setting', () => {
    const polluted = Object.create({ USE_WORKERS: 'true', useWorkers: true })
    expect(evaluateUseWorkers({ environment: polluted, file: polluted })).toMatchObject({ source: 'default' })
  })

  test('an environment without a prototype is read', () => {
    const environment = Object.assign(Object.create(null), { USE_WORKERS: 'true' })
    expect(evaluateUseWorkers({ environment }).value).toBe(true)
  })

  test('the real environment is read', () => {
    process.env['USE_WORKERS'] = 'true'
    try {
      expect(evaluateUseWorkers({ environment: process.env }).value).toBe(true)
    } finally {
      delete process.env['USE_WORKERS']
    }
  })

  test.each([null, 7, 'text', []])('a file that is %j says nothing', (file) => {
    expect(evaluateUseWorkers({ environment: {}, file: file as never }).source).toBe('default')
  })

  test.each([1, {}, [], Symbol('on')])('a setting in the file that is neither boolean nor text is off', (said) => {
    const evaluation = evaluateUseWorkers({ environment: {}, file: { useWorkers: said as never } })
    expect(evaluation).toMatchObject({ value: false, killSwitch: true })
    expect(evaluation.warning).toBeDefined()
  })

  test('control characters do not reach the warning', () => {
    const { warning, raw, reason } = inEnvironment('\u001b[2Jyes\u0007\u202e\u2028no')
    expect(raw).toBe('[2Jyesno')
    expect(`${warning}${reason}`).not.toMatch(/\p{C}|\p{Zl}/u)
  })

  test('an absurdly long value is cut, with its length', () => {
    expect(inEnvironment('x'.repeat(1_000_000)).warning).toContain(`${'x'.repeat(60)}… (1000000 characters)`)
  })
})

test('any environment, file and option give one answer with a reason, and never more than one line', () => {
  fc.assert(
    fc.property(fc.option(fc.string({ unit: 'binary' })), fc.anything(), fc.anything(), (said, useWorkers, option) => {
      const environment = said === null ? {} : { USE_WORKERS: said }
      const evaluation = evaluateUseWorkers({ environment, file: { useWorkers } as never, option: option as never })
      expect(evaluation.reason).toMatch(/^[^\p{C}]+$/u)
      expect(evaluation.explicit).toBe(evaluation.source !== 'default')
      if (evaluation.killSwitch) expect(evaluation.value).toBe(false)
      if (evaluation.warning !== undefined) expect(evaluation.value).toBe(false)
    }),
  )
})
