import { describe, expect, test } from 'vitest'
import { openEnvelope } from './report-envelope.ts'
import { Reporter } from './reporter.ts'

/** With a clock that stands still, and what was handed on so far. */
const createReporter = (onSend: (report: unknown) => void = () => {}): { reporter: Reporter; sent: unknown[] } => {
  const sent: unknown[] = []
  const send = (checkpoint: unknown): void => {
    const { report } = openEnvelope(checkpoint)
    sent.push(report)
    onSend(report)
  }
  return { reporter: new Reporter(undefined, send, () => 0), sent }
}

describe('what an agent says of itself', () => {
  test('is handed on once for all that is said in a short time', () => {
    const { reporter, sent } = createReporter()
    for (let inputTokens = 1; inputTokens <= 100; inputTokens++) reporter.say({ inputTokens })
    expect(sent).toEqual([{ inputTokens: 1 }])
    reporter.end()
    expect(sent).toEqual([{ inputTokens: 1 }, { inputTokens: 100 }])
  })

  test('is handed on soon after it was held back, also when nothing more is said', async () => {
    const held = Promise.withResolvers<void>()
    const { reporter, sent } = createReporter((report) => {
      if ((report as { inputTokens: number }).inputTokens === 2) held.resolve()
    })
    reporter.say({ inputTokens: 1 })
    reporter.say({ inputTokens: 2 })
    await held.promise
    reporter.end()
    expect(sent).toHaveLength(2)
  })

  test('goes with a checkpoint at once, and a new session does not wait', () => {
    const { reporter, sent } = createReporter()
    reporter.say({ inputTokens: 1 })
    reporter.say({ sessionId: 'a' })
    reporter.say({ inputTokens: 2 })
    reporter.checkpoint('kept')
    expect(sent).toEqual([{ inputTokens: 1 }, { inputTokens: 1, sessionId: 'a' }, { inputTokens: 2, sessionId: 'a' }])
  })
})
