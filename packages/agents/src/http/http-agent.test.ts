import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelServer, type ModelServerOptions, startModelServer } from '@mayfly/model-server'
import { describe, expect, it } from 'vitest'
import type { AgentRequest, AgentResult } from '../agent.ts'
import type { AgentReport } from '../agent-report.ts'
import { makeRequest } from '../fixtures/request.ts'
import { openTemporaryFolder, type TemporaryFolder } from '../fixtures/temporary-folder.ts'
import { openLocalContext } from '../local-context.ts'
import { createHttpAgent } from './http-agent.ts'
import type { HttpReference } from './http-reference.ts'

const key = 'sk-test-0123456789'
const price = { inputPerMillion: 3, cachedPerMillion: 0.3, outputPerMillion: 15 }
const protocols = ['anthropic', 'openai-compatible'] as const

/** A workspace, a server and whatever an attempt leaves, for one test. */
interface Bench extends AsyncDisposable {
  readonly server: ModelServer
  readonly folder: TemporaryFolder
  readonly reports: Partial<AgentReport>[]
  readonly logs: string[]
  readonly waits: number[]
  run(parts: Partial<HttpReference>, more?: RunParts): Promise<AgentResult>
  /** Everything that was kept, in one text. */
  kept(): Promise<string>
}

interface RunParts {
  readonly signal?: AbortSignal
  readonly environment?: Record<string, string>
  readonly request?: Partial<AgentRequest>
  readonly lastCheckpoint?: unknown
  readonly onCheckpoint?: (value: unknown) => void
}

async function openBench(options: ModelServerOptions = {}): Promise<Bench> {
  const server = await startModelServer(options)
  const folder = await openTemporaryFolder({ 'workspace/README.md': '# Hello\n' })
  const [reports, logs, waits]: [Partial<AgentReport>[], string[], number[]] = [[], [], []]
  const workspace = join(folder.path, 'workspace')
  const artifacts = join(folder.path, 'artifacts')
  const run: Bench['run'] = async (parts, more = {}) => {
    const local = openLocalContext({ folder: artifacts, onLog: (line) => logs.push(line), ...more })
    using context = {
      ...local,
      lastCheckpoint: more.lastCheckpoint,
      checkpoint: (value: unknown) => more.onCheckpoint?.(value),
      report: (report: Partial<AgentReport>) => void reports.push(report),
    }
    const agent = createHttpAgent(makeReference(server, parts), {
      environment: more.environment ?? { PATH: process.env['PATH'], THE_KEY: key, OTHER_SECRET: 'hush' },
      // A test waits for nothing: what would have been waited is kept.
      wait: async (ms) => void waits.push(ms),
      random: () => 1,
    })
    return await agent.run(makeRequest({ cwd: workspace, ...more.request }), context)
  }
  const kept = async (): Promise<string> => {
    const names = await readdir(artifacts).catch(() => [])
    const files = await Promise.all(names.map((name) => folder.read(`artifacts/${name}`)))
    return [...files, ...logs, JSON.stringify(reports)].join('\n')
  }
  const dispose = async (): Promise<void> => {
    await server.close()
    await folder[Symbol.asyncDispose]()
  }
  return { server, folder, reports, logs, waits, run, kept, [Symbol.asyncDispose]: dispose }
}

function makeReference(server: ModelServer, parts: Partial<HttpReference>): HttpReference {
  const base = { kind: 'http', name: 'helper', provider: 'anthropic', model: 'plain', permission: 'edit' } as const
  return { ...base, baseUrl: `${server.url}/v1`, apiKeyVariable: 'THE_KEY', price, ...parts }
}

const failure = (code: string, facts: object = {}): unknown => expect.objectContaining({ code, ...facts })

describe.each(protocols)('an HTTP agent that speaks %s', (provider) => {
  it('gives the answer, with what it cost', async () => {
    await using bench = await openBench()
    const { summary, output, report } = await bench.run({ provider })
    expect(summary).toBe('Done after 0 tool results.')
    expect(output).toEqual({ text: summary, steps: 1, toolCalls: 0, unreportedCalls: 0 })
    expect(report).toMatchObject({
      text: summary,
      model: 'plain',
      sessionId: null,
      inputTokens: 1_200,
      cachedTokens: 200,
      outputTokens: 34,
      costUsd: (1_000 * 3 + 200 * 0.3 + 34 * 15) / 1e6,
      toolCalls: 0,
      isError: false,
    })
    expect(bench.reports.at(-1)).toEqual(report)
  })

  it('writes the file that the model asks for, goes on, and keeps a transcript', async () => {
    await using bench = await openBench()
    const { output, report } = await bench.run({ provider, model: 'tool' })
    expect(output).toMatchObject({ steps: 2, toolCalls: 1, text: 'Done after 1 tool results.' })
    expect(report).toMatchObject({ inputTokens: 2_400, cachedTokens: 400, outputTokens: 68, toolCalls: 1 })
    expect(await bench.folder.read('workspace/hello.txt')).toBe('hi\n')
    const lines = (await bench.folder.read('artifacts/transcript.jsonl')).trim().split('\n')
    const types = lines.map((line) => (JSON.parse(line) as { readonly type: string }).type)
    expect(types).toEqual(['began', 'answer', 'tool', 'answer', 'done'])
    expect(await bench.folder.read('artifacts/prompt.md')).toContain('Fix the login timeout')
  })

  it('does what several calls of one answer ask, in their order', async () => {
    const turn = [
      { write: 'a.txt', content: 'one' },
      { write: 'a.txt', content: 'two' },
      { call: 'read_file', input: { path: 'a.txt' } },
    ]
    await using bench = await openBench({ scripts: { several: { turns: [turn] } } })
    await bench.run({ provider, model: 'several' })
    const { body } = bench.server.exchanges().at(-1) ?? {}
    expect(JSON.stringify(body)).toContain('"two"')
    expect(await bench.folder.read('workspace/a.txt')).toBe('two')
  })

  it('tells the model what it asked for wrongly, and goes on', async () => {
    const wrong = [
      { call: 'no_such_tool', input: {} },
      { call: 'write_file', input: { file: 'a.txt' } },
      { call: 'write_file', input: { path: '../outside.txt', content: 'x' } },
      { call: 'run_command', input: { argv: ['id'] } },
    ]
    await using bench = await openBench({ scripts: { wrong: { turns: [wrong] } } })
    const { output } = await bench.run({ provider, model: 'wrong' })
    expect(output).toMatchObject({ text: 'Done after 4 tool results.', toolCalls: 4 })
    const told = JSON.stringify(bench.server.exchanges().at(-1)?.body)
    for (const words of ['There is no tool', 'not as its schema says', 'outside the workspace'])
      expect(told).toContain(words)
    expect(await readdir(bench.folder.path)).not.toContain('outside.txt')
  })

  it('refuses to go on when the endpoint refuses the key', async () => {
    await using bench = await openBench()
    await expect(bench.run({ provider, model: '401' })).rejects.toEqual(
      failure('AGENT_KEY_REFUSED', { status: 401, variable: 'THE_KEY' }),
    )
    expect(bench.server.ledger().requests).toBe(1)
    expect(bench.reports.at(-1)).toMatchObject({ isError: true, inputTokens: null, costUsd: null })
  })

  it.each([
    ['429x2', [1_000, 2_000]],
    ['500x1', [1_000]],
    ['429x2-after3', [3_000, 3_000]],
    ['529x1-after0', [0]],
    ['cutx1', [1_000]],
    ['garbagex1', [1_000]],
  ])('tries again after %s, as long as it is asked to wait', async (model, waits) => {
    await using bench = await openBench()
    const { output } = await bench.run({ provider, model: `${model}+tool` })
    expect(output).toMatchObject({ text: 'Done after 1 tool results.' })
    expect(bench.waits).toEqual(waits)
  })

  it('waits until the date that it is given', async () => {
    await using bench = await openBench()
    await bench.run({ provider, model: '429x1-date20' })
    expect(bench.waits[0]).toBeGreaterThan(10_000)
    expect(bench.waits[0]).toBeLessThanOrEqual(21_000)
  })

  it.each([
    ['429', 'status', 429],
    ['500', 'status', 500],
    ['cut', 'unfinished', 200],
    ['garbage', 'unreadable', null],
  ])('gives up on %s when no try is left', async (model, kind, status) => {
    await using bench = await openBench()
    await expect(bench.run({ provider, model, retry: { retries: 2 } })).rejects.toEqual(
      failure('MODEL_CALL_FAILED', { failure: kind, status, tries: 3 }),
    )
    expect(bench.server.ledger().requests).toBe(3)
    expect(bench.waits).toEqual([1_000, 2_000])
    expect(await bench.kept()).toContain('"type":"failed"')
  })

  it('does not try again what cannot become better', async () => {
    await using bench = await openBench()
    await expect(bench.run({ provider, model: '400' })).rejects.toEqual(
      failure('MODEL_CALL_FAILED', { status: 400, tries: 1, isRetryable: false }),
    )
    expect(bench.server.ledger().requests).toBe(1)
  })

  it('gives up at once on an endpoint that asks for more patience than there is', async () => {
    await using bench = await openBench()
    await expect(bench.run({ provider, model: '429-after61' })).rejects.toEqual(
      failure('MODEL_CALL_FAILED', { retryAfterMs: 61_000, tries: 1 }),
    )
    expect(bench.waits).toEqual([])
  })

  it('uses no tool of an answer that broke off', async () => {
    await using bench = await openBench()
    await expect(bench.run({ provider, model: 'cut+tool', retry: { retries: 0 } })).rejects.toThrow()
    expect(await readdir(join(bench.folder.path, 'workspace'))).toEqual(['README.md'])
  })

  it.each([
    ['hang', 'startTimeoutMs'],
    ['hangmid', 'idleTimeoutMs'],
    ['hang', 'timeoutMs'],
    ['loop', 'maxSteps'],
    ['plain', 'maxAnswerBytes'],
    ['loop', 'maxOutputBytes'],
  ] as const)('ends %s at %s', async (model, limit) => {
    await using bench = await openBench()
    const allowed = limit === 'maxSteps' ? 3 : 20
    const limits = limit === 'maxSteps' ? { maxSteps: allowed } : { limits: { [limit]: allowed } }
    await expect(bench.run({ provider, model, ...limits })).rejects.toEqual(
      failure(limit.endsWith('TimeoutMs') ? 'AGENT_IDLE' : limit === 'timeoutMs' ? 'AGENT_TIMEOUT' : 'AGENT_LIMIT', {
        limit,
        allowed,
      }),
    )
    // The connection is let go of, not left to the end of the process.
    for (const { serial } of bench.server.exchanges()) {
      await bench.server.exchange((one) => one.serial === serial && one.ending !== 'open')
    }
  })

  it('reads a slow answer to its end when no limit is exceeded', async () => {
    await using bench = await openBench({ scripts: { slow: { paceMs: 5 } } })
    const limits = { idleTimeoutMs: 10_000, startTimeoutMs: 10_000 }
    expect((await bench.run({ provider, model: 'slow', limits })).summary).toContain('Done')
  })

  it('begins no call beyond the limit on tokens', async () => {
    await using bench = await openBench()
    await expect(bench.run({ provider, model: 'loop', limits: { maxTokens: 3_000 } })).rejects.toEqual(
      failure('AGENT_LIMIT', { limit: 'maxTokens' }),
    )
    // 1,234 tokens each: the third call is begun at 2,468 and ends at 3,702.
    expect(bench.server.ledger().served).toMatchObject({ requests: 3, inputTokens: 3_600 })
    expect(bench.reports.at(-1)).toMatchObject({ inputTokens: 3_600, outputTokens: 102, isError: true })
  })

  it('begins no call beyond the limit on cost', async () => {
    await using bench = await openBench()
    await expect(bench.run({ provider, model: 'loop', limits: { maxCostUsd: 0.005 } })).rejects.toEqual(
      failure('AGENT_LIMIT', { limit: 'maxCostUsd' }),
    )
    expect(bench.server.ledger().served.requests).toBe(2)
  })

  it('stops for the signal while the model hangs, and says nothing of its own', async () => {
    await using bench = await openBench()
    const cancel = new AbortController()
    const running = bench.run({ provider, model: 'hangmid' }, { signal: cancel.signal })
    await bench.server.exchange(({ isHalfSent }) => isHalfSent)
    const reason = new Error('cancelled by a person')
    cancel.abort(reason)
    await expect(running).rejects.toBe(reason)
    await bench.server.exchange(({ ending }) => ending === 'left')
  })

  it('counts what the server counted, over good and bad calls', async () => {
    const prices = { '429x2+tool': { input: 3, cached: 0.3, output: 15 } }
    await using bench = await openBench({ prices })
    const { report } = await bench.run({ provider, model: '429x2+tool' })
    const { inputTokens, cachedTokens, outputTokens, costUsd } = bench.server.ledger().served
    expect(report).toMatchObject({ inputTokens, cachedTokens, outputTokens, costUsd: expect.closeTo(costUsd, 12) })
  })

  it('keeps the key out of everything but the request', async () => {
    const leak = [{ call: 'read_file', input: { path: 'leaked.txt' } }]
    await using bench = await openBench({
      apiKeys: [key],
      scripts: { leak: { turns: [leak], text: `The key is ${key}` } },
    })
    await bench.folder.write({ 'workspace/leaked.txt': key })
    const result = await bench.run({ provider, model: 'leak' })
    expect(JSON.stringify(result)).not.toContain(key)
    expect(await bench.kept()).not.toContain(key)
    expect(JSON.stringify(bench.server.exchanges().map(({ body }) => body))).not.toContain(key)
  })

  it('goes on with the conversation of an attempt that was lost', async () => {
    const scripts = { two: { turns: [[{ write: 'a.txt', content: '1' }], [{ write: 'b.txt', content: '2' }]] } }
    await using bench = await openBench({ scripts })
    const kept: unknown[] = []
    const limits = { maxSteps: 1 }
    const attempt = bench.run({ provider, model: 'two', ...limits }, { onCheckpoint: (value) => kept.push(value) })
    await expect(attempt).rejects.toEqual(failure('AGENT_LIMIT'))
    const lastCheckpoint: unknown = JSON.parse(JSON.stringify(kept.at(-1)))
    const { output } = await bench.run({ provider, model: 'two' }, { lastCheckpoint })
    expect(output).toMatchObject({ steps: 2, toolCalls: 1, text: 'Done after 2 tool results.' })
    const { output: anew } = await bench.run(
      { provider, model: 'two' },
      { lastCheckpoint, request: { instructions: 'Something else' } },
    )
    expect(anew).toMatchObject({ steps: 3, toolCalls: 2 })
  })
})

describe('a conversation that an HTTP agent has kept', () => {
  it('goes on with the same subject, whatever else it is told, and not with another', async () => {
    const scripts = { two: { turns: [[{ write: 'a.txt', content: '1' }], [{ write: 'b.txt', content: '2' }]] } }
    await using bench = await openBench({ scripts })
    const kept: unknown[] = []
    const request = { subject: 'the step', instructions: 'Do it' }
    const attempt = bench.run({ model: 'two', maxSteps: 1 }, { request, onCheckpoint: (value) => kept.push(value) })
    await expect(attempt).rejects.toEqual(failure('AGENT_LIMIT'))
    const again = async (subject: string): Promise<unknown> => {
      const instructions = 'The attempt before this one failed. Do it'
      const more = { lastCheckpoint: kept.at(-1), request: { subject, instructions } }
      return (await bench.run({ model: 'two' }, more)).output
    }
    expect(await again('the step')).toMatchObject({ steps: 2, toolCalls: 1 })
    expect(await again('another step')).toMatchObject({ steps: 3, toolCalls: 2 })
  })
})

describe('createHttpAgent', () => {
  it.each([
    [{}, 'is not set'],
    [{ THE_KEY: ' ' }, 'is empty'],
    [{ THE_KEY: 'sk-one\nsk-two-secret' }, 'holds spaces, line breaks'],
  ])('says what is wrong with the key in %j, and calls nobody', async (environment, words) => {
    await using bench = await openBench()
    const attempt = bench.run({}, { environment })
    await expect(attempt).rejects.toEqual(
      failure('AGENT_KEY_MISSING', { variable: 'THE_KEY', message: expect.stringContaining(words) }),
    )
    await expect(attempt).rejects.not.toThrow(/sk-two-secret/)
    expect(bench.server.ledger().requests).toBe(0)
  })

  it('sends no key to an endpoint that needs none', async () => {
    await using bench = await openBench()
    const { apiKeyVariable: _, ...reference } = makeReference(bench.server, { provider: 'openai-compatible' })
    using context = openLocalContext({ folder: join(bench.folder.path, 'artifacts') })
    await createHttpAgent(reference).run(makeRequest({ cwd: bench.folder.path }), context)
    expect(bench.server.exchanges()[0]?.headers.authorization).toBeUndefined()
  })

  it.each([
    [{ baseUrl: 'http://models.example.com/v1' }, /https only/],
    [{ baseUrl: 'https://name:word@models.example.com/v1' }, /without a user name/],
    [{ baseUrl: 'models' }, /is not a URL/],
    [{ baseUrl: 'file:///etc' }, /http\(s\)/],
  ])('refuses the address %j', async (parts, words) => {
    await using bench = await openBench()
    await expect(bench.run(parts)).rejects.toThrow(words)
  })

  it('refuses a limit on cost without a price', async () => {
    await using bench = await openBench()
    const { price: _, ...reference } = makeReference(bench.server, { limits: { maxCostUsd: 1 } })
    using context = openLocalContext({ folder: join(bench.folder.path, 'artifacts') })
    const attempt = createHttpAgent(reference).run(makeRequest({ cwd: bench.folder.path }), context)
    await expect(attempt).rejects.toEqual(failure('COST_UNKNOWN', { model: 'plain' }))
    expect(bench.server.ledger().requests).toBe(0)
  })

  it('reports no cost, and not 0, without a price', async () => {
    await using bench = await openBench()
    const { price: _, ...reference } = makeReference(bench.server, {})
    using context = openLocalContext({ folder: join(bench.folder.path, 'artifacts') })
    const environment = { THE_KEY: key }
    const agent = createHttpAgent(reference, { environment, wait: async () => {}, random: () => 0 })
    const { report } = await agent.run(makeRequest({ cwd: bench.folder.path }), context)
    expect(report).toMatchObject({ costUsd: null, inputTokens: 1_200 })
  })

  it('reports a connection that nobody takes', async () => {
    await using bench = await openBench()
    const baseUrl = `${bench.server.url}/v1`
    await bench.server.close()
    await expect(bench.run({ baseUrl, retry: { retries: 1 } })).rejects.toEqual(
      failure('MODEL_CALL_FAILED', {
        failure: 'connection',
        tries: 2,
        message: expect.stringContaining('ECONNREFUSED'),
      }),
    )
  })

  it('runs an allowed command with no secret in its environment', async () => {
    const show = 'require("fs").writeFileSync("environment.json", JSON.stringify(process.env)); console.log("shown")'
    const turn = [{ call: 'run_command', input: { argv: [process.execPath, '-e', show] } }]
    await using bench = await openBench({ scripts: { show: { turns: [turn] } } })
    await bench.run({ model: 'show', permission: 'full', commands: [[process.execPath, '-e', '...']] })
    const environment = await bench.folder.read('workspace/environment.json')
    expect(JSON.parse(environment)).toHaveProperty('PATH')
    expect(environment).not.toContain(key)
    expect(environment).not.toContain('hush')
    expect(JSON.stringify(bench.server.exchanges().at(-1)?.body)).toContain('ended with exit code 0\\nshown')
  })

  it.each(['read', 'edit', 'full'] as const)('offers the tools of the permission %s', async (permission) => {
    await using bench = await openBench()
    await bench.run({ permission, commands: [['true']] })
    const body = bench.server.exchanges()[0]?.body as { readonly tools: readonly { readonly name: string }[] }
    const reading = ['list_files', 'read_file', 'search_files']
    const more = { read: [], edit: ['write_file'], full: ['write_file', 'run_command'] }
    expect(body.tools.map(({ name }) => name)).toEqual([...reading, ...more[permission]])
  })

  it('leaves nothing but its two artifacts, each for its owner only', async () => {
    await using bench = await openBench()
    await bench.run({})
    const folder = join(bench.folder.path, 'artifacts')
    expect((await readdir(folder)).sort()).toEqual(['prompt.md', 'transcript.jsonl'])
    expect((await stat(join(folder, 'transcript.jsonl'))).mode & 0o077).toBe(0)
  })
})
