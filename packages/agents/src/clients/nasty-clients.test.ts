import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type NastyOptions, nastyKey, processesWith, runNasty } from './fixtures/nasty-agent.ts'

const megabyte = 1024 ** 2

describe('a client that does its work', () => {
  it('gives its last text as the answer, and its figures', async () => {
    const { result, artifacts, left, reports } = await runNasty('plain')
    expect(result).toEqual({
      summary: 'The answer',
      output: 'The answer',
      report: {
        text: 'The answer',
        sessionId: 'session-1',
        model: 'model-1',
        inputTokens: 10,
        cachedTokens: null,
        outputTokens: 5,
        costUsd: null,
        durationMs: null,
        toolCalls: 0,
        isError: false,
      },
    })
    expect(Object.keys(artifacts).toSorted()).toEqual(['answer.md', 'prompt.md', 'transcript.jsonl'])
    expect(artifacts['prompt.md']).toBe('Fix the login timeout')
    expect(artifacts['transcript.jsonl']?.split('\n')).toHaveLength(4)
    expect(reports.at(-1)).toMatchObject({ sessionId: 'session-1', inputTokens: 10, outputTokens: 5 })
    expect(left).toEqual([])
  })

  it('gets the instructions rather than the prompt, whole, however long they are', async () => {
    const instructions = `grüße 🎉 $(rm -rf) ${'long '.repeat(100_000)}end`
    const { result } = await runNasty('echo', { request: { instructions } })
    expect(result?.output).toBe(instructions)
  })

  it('need not read its prompt', async () => {
    const { result } = await runNasty('does not read its prompt', { request: { prompt: 'x'.repeat(megabyte) } })
    expect(result?.summary).toBe('The answer')
  })

  it('is understood when every byte comes alone', async () => {
    const { result } = await runNasty('splits every character')
    expect(result?.output).toBe('grüße 🎉')
  })

  it('is ended some time after its result when it keeps running, and the result stands', async () => {
    const { result, left } = await runNasty('keeps running after its result')
    expect(result?.output).toBe('The answer')
    expect(left).toEqual([])
  })
})

describe('a client that fails', () => {
  it.each([
    ['fails', 'AGENT_CLIENT_ERROR', /the model is not there/],
    ['no result', 'AGENT_NO_RESULT', /exit code 0 without its last event/],
    ['no answer', 'AGENT_NO_ANSWER', /answer is empty/],
    ['exit 0 on SIGINT', 'AGENT_NO_RESULT', /exit code 0/],
    ['asks for leave', 'AGENT_PERMISSION', /leave to use rm -rf/],
    ['dies after its result', 'AGENT_EXIT', /by SIGKILL after its last event/],
    ['exits with 3 after its result', 'AGENT_EXIT', /exit code 3/],
  ])('because it %s ends with %s', async (behaviour, code, message) => {
    const { error, left } = await runNasty(behaviour)
    expect(error).toMatchObject({ code, name: 'ClientFailedError', agent: 'nasty' })
    expect(error.message).toMatch(message)
    expect(left).toEqual([])
  })

  it('has its session and what it used in the error and in the report', async () => {
    const { error, reports } = await runNasty('fails')
    expect(error.report).toMatchObject({ sessionId: 'session-1', inputTokens: 10, isError: true })
    expect(reports.at(-1)).toMatchObject({ sessionId: 'session-1', inputTokens: 10 })
  })
})

describe('a client that goes beyond its limits', () => {
  it.each([
    ['says nothing', { startTimeoutMs: 300 }, 'AGENT_IDLE', /startTimeoutMs/],
    ['falls silent', { idleTimeoutMs: 300 }, 'AGENT_IDLE', /idleTimeoutMs/],
    ['ignores SIGTERM', { idleTimeoutMs: 300 }, 'AGENT_IDLE', /idleTimeoutMs/],
    ['talks for ever', { timeoutMs: 1_000 }, 'AGENT_TIMEOUT', /timeoutMs/],
    ['talks for ever', { maxOutputBytes: 5 * megabyte }, 'AGENT_LIMIT', /maxOutputBytes/],
    ['uses too much', { maxTokens: 1_000 }, 'AGENT_LIMIT', /1100 tokens of at most 1000/],
    ['uses too much', { maxCostUsd: 0.1 }, 'AGENT_LIMIT', /0.5 US dollars/],
    ['plain', { maxAnswerBytes: 5 }, 'AGENT_LIMIT', /maxAnswerBytes/],
  ])('%s, with %j: %s', async (behaviour, limits, code, message) => {
    const { error, left } = await runNasty(behaviour, { limits })
    expect(error).toMatchObject({ code })
    expect(error.message).toMatch(message)
    expect(left).toEqual([])
  })

  it('is not read when it answers in one line of 64 MB; the transcript has it', async () => {
    const { error, artifacts, logs } = await runNasty('answers in one line', { argument: String(64 * megabyte) })
    expect(error).toMatchObject({ code: 'AGENT_NO_ANSWER' })
    expect(artifacts['transcript.jsonl']?.length).toBeGreaterThan(64 * megabyte)
    expect(logs.join()).toContain('1 events were too long')
  })

  it('may print 64 MB of events on the way to its answer', async () => {
    const { result, artifacts } = await runNasty('answers in many pieces', { argument: String(64 * megabyte) })
    expect(result?.output).toBe('The answer')
    expect(artifacts['transcript.jsonl']?.length).toBeGreaterThan(64 * megabyte)
  })
})

describe('a client that leaves something behind', () => {
  it.each(['leaves a daemon', 'leaves a daemon that holds its output', 'orphans a shell'])(
    'because it %s has its result, and nothing is left',
    async (behaviour) => {
      const { result, left } = await runNasty(behaviour)
      expect(result?.output).toBe('The answer')
      expect(left).toEqual([])
    },
  )

  it('that no marker finds does not hold up the end', async () => {
    const mark = randomUUID()
    const { result } = await runNasty('leaves what no marker finds', { argument: mark })
    expect(result?.output).toBe('The answer')
    // The declared limit: what leaves its group and clears its environment is not found.
    const left = processesWith('NASTY_UNFOUND', mark)
    expect(left).toHaveLength(1)
    for (const pid of left) process.kill(pid, 'SIGKILL')
  })
})

describe('a client that is cancelled', () => {
  it.each(['exit 0 on SIGTERM', 'ignores SIGTERM'])(
    'and does this: %s, is gone, and the reason is passed on',
    async (behaviour) => {
      const reason = new Error('not wanted any more')
      const { error, left, reports } = await runNasty(behaviour, { onProgress: (abort) => abort.abort(reason) })
      expect(error).toBe(reason)
      expect(left).toEqual([])
      expect(reports.at(-1)).toMatchObject({ sessionId: 'session-1' })
    },
  )
})

describe('a client that falls silent after a call of its model', () => {
  it('has told at once what the call has used', async () => {
    const reason = new Error('its call is on record')
    const onReport: NastyOptions['onReport'] = ({ inputTokens }, abort) => {
      if (inputTokens === 10) abort.abort(reason)
    }
    const { error } = await runNasty('falls silent after a call', { onReport, limits: { idleTimeoutMs: 5_000 } })
    expect(error).toBe(reason)
  })
})

describe('a client that tells its key', () => {
  it('has it taken out of everything that is kept', async () => {
    const run = await runNasty('tells its key')
    expect(run.result?.output).toBe('The key is [redacted]')
    expect(JSON.stringify(run)).not.toContain(nastyKey)
    expect(run.artifacts['transcript.jsonl']).toContain('[redacted]')
  })

  it('has it taken out of the error', async () => {
    const { error } = await runNasty('tells its key and fails')
    expect(error.message).toContain('bad key [redacted]')
    expect(error.message).not.toContain(nastyKey)
  })

  it('sees no key but its own', async () => {
    const { artifacts } = await runNasty('tells its key')
    expect(artifacts['transcript.jsonl']).toContain('NASTY_KEY')
    expect(artifacts['transcript.jsonl']).not.toContain('OTHER_API_KEY')
  })
})

describe('a client whose transcript cannot be written', () => {
  it('is ended, and the error of whoever should have kept it is passed on', async () => {
    const failure = new Error('the disk is full')
    const { error, left } = await runNasty('talks for ever', { failArtifact: ['transcript.jsonl', failure] })
    expect(error).toBe(failure)
    expect(left).toEqual([])
  })
})
