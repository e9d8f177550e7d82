import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogleGenerativeAI } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { generateText, type LanguageModel, streamText, type ToolSet, tool } from 'ai'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ModelServer, startModelServer } from './index.ts'

/** Each protocol as the provider's own library speaks it: what the server says is held against readers not written here. */
const clients: Readonly<Record<string, (url: string, model: string) => LanguageModel>> = {
  anthropic: (url, model) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'key' })(model),
  'openai-chat': (url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'key' }).chat(model),
  'openai-responses': (url, model) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'key' }).responses(model),
  gemini: (url, model) => createGoogleGenerativeAI({ baseURL: `${url}/v1beta`, apiKey: 'key' })(model),
}
const protocols = Object.keys(clients)

const write = tool({ description: 'Writes a file', inputSchema: z.object({ path: z.string(), content: z.string() }) })
const tools = { write_file: write as ToolSet[string] }

interface Answer {
  readonly text: string
  readonly calls: readonly { readonly toolName: string; readonly input: unknown }[]
  readonly input: number | undefined
  readonly cached: number | undefined
  readonly output: number | undefined
}

async function ask(server: ModelServer, protocol: string, model: string, isStreamed: boolean): Promise<Answer> {
  const client = clients[protocol]?.(server.url, model)
  if (client === undefined) throw new Error(protocol)
  const options = { model: client, prompt: 'Hello', tools, maxRetries: 0 }
  const result = isStreamed ? streamText({ ...options, onError: () => {} }) : await generateText(options)
  const { inputTokens, outputTokens, inputTokenDetails } = await result.usage
  return {
    text: await result.text,
    calls: (await result.toolCalls).map(({ toolName, input }) => ({ toolName, input })),
    input: inputTokens,
    cached: inputTokenDetails.cacheReadTokens,
    output: outputTokens,
  }
}

const usage = { input: 1_200, cached: 200, output: 34 }

describe.each(protocols)('a model server that speaks %s', (protocol) => {
  it.each([true, false])('answers in words (streamed: %s)', async (isStreamed) => {
    await using server = await startModelServer()
    const answer = await ask(server, protocol, 'some-model', isStreamed)
    expect(answer).toEqual({ text: 'Done after 0 tool results.', calls: [], ...usage })
  })

  it.each([true, false])('calls a tool that the client offers (streamed: %s)', async (isStreamed) => {
    await using server = await startModelServer()
    const answer = await ask(server, protocol, 'fake-tool', isStreamed)
    const calls = [{ toolName: 'write_file', input: { path: 'hello.txt', content: 'hi\n' } }]
    expect(answer).toEqual({ text: 'Working on it.', calls, ...usage })
  })

  it('goes on after a tool result, and ends', async () => {
    await using server = await startModelServer()
    const model = clients[protocol]?.(server.url, 'tool') as LanguageModel
    const working = { write_file: { ...tools.write_file, execute: async () => 'written' } as ToolSet[string] }
    const { text, steps } = await generateText({
      model,
      prompt: 'Hello',
      tools: working,
      stopWhen: () => false,
    })
    expect({ text, steps: steps.length }).toEqual({ text: 'Done after 1 tool results.', steps: 2 })
    expect(server.exchanges().map(({ protocol: spoken, ending }) => [spoken, ending])).toEqual([
      [protocol, 'served'],
      [protocol, 'served'],
    ])
  })

  it.each(['401', '429', '429-after1', '500', '529', 'cut'])('fails as %s says', async (script) => {
    await using server = await startModelServer()
    await expect(ask(server, protocol, script, true)).rejects.toThrow()
    await expect(ask(server, protocol, script, false)).rejects.toThrow()
    expect(server.ledger().served.requests).toBe(0)
  })

  it('answers with a page of HTML as garbage says', async () => {
    await using server = await startModelServer()
    // A failure for some of the libraries, and for others, in a stream, an empty answer.
    const answer = await ask(server, protocol, 'garbage', true).catch(() => null)
    expect(answer?.text ?? '').toBe('')
    await expect(ask(server, protocol, 'garbage', false)).rejects.toThrow()
    expect(server.ledger()).toMatchObject({ refused: 2, served: { requests: 0 } })
  })

  it.each(['hang', 'hangmid'])('leaves a client alone as %s says, until the client goes', async (script) => {
    await using server = await startModelServer()
    const gone = new AbortController()
    const model = clients[protocol]?.(server.url, script) as LanguageModel
    const answer = generateText({ model, prompt: 'Hello', maxRetries: 0, abortSignal: gone.signal })
    const isStuck = script === 'hang' ? 'hang' : 'hang-mid'
    await server.exchange(({ fault, isHalfSent }) => fault?.kind === isStuck && isHalfSent === (script === 'hangmid'))
    gone.abort()
    await expect(answer).rejects.toThrow()
    await server.exchange(({ ending }) => ending === 'left')
    expect(server.ledger().unfinished.requests).toBe(script === 'hang' ? 0 : 1)
  })

  it('refuses a key that is not good', async () => {
    await using server = await startModelServer({ apiKeys: ['another'] })
    await expect(ask(server, protocol, 'plain', true)).rejects.toThrow()
    expect(server.exchanges()[0]?.status).toBe(401)
  })
})

describe('startModelServer', () => {
  it('counts what it has served, with its price, apart from what it has not', async () => {
    const price = { input: 3, cached: 0.3, output: 15 }
    await using server = await startModelServer({ prices: { plain: price, cut: price } })
    await ask(server, 'anthropic', 'plain', true)
    await ask(server, 'openai-chat', 'plain', false)
    await expect(ask(server, 'gemini', 'cut', true)).rejects.toThrow()
    await expect(ask(server, 'gemini', '500', true)).rejects.toThrow()
    const once = {
      requests: 1,
      inputTokens: 1_200,
      cachedTokens: 200,
      outputTokens: 34,
      costUsd: (3_000 + 60 + 510) / 1e6,
    }
    const twice = { requests: 2, inputTokens: 2_400, cachedTokens: 400, outputTokens: 68, costUsd: (2 * 3_570) / 1e6 }
    expect(server.ledger()).toEqual({
      requests: 4,
      refused: 1,
      served: twice,
      unfinished: once,
      models: { plain: twice },
    })
  })

  it('has a fault so many times for each conversation', async () => {
    await using server = await startModelServer()
    await expect(ask(server, 'openai-chat', '429x2', true)).rejects.toThrow()
    await expect(ask(server, 'openai-chat', '429x2', true)).rejects.toThrow()
    expect((await ask(server, 'openai-chat', '429x2', true)).text).toContain('Done')
  })

  it.each([
    ['429-after7', /^7$/],
    ['429-date7', /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/],
  ])('says when to come back as %s says', async (script, form) => {
    await using server = await startModelServer()
    const body = JSON.stringify({ model: script, max_tokens: 1, messages: [{ role: 'user', content: 'Hello' }] })
    const response = await fetch(`${server.url}/v1/messages`, { method: 'POST', body })
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toMatch(form)
  })

  it('takes the script of a header first, then the queue, then the model, then its name', async () => {
    await using server = await startModelServer({
      scripts: { 'gpt-5': { text: 'By model' } },
      fallback: { text: 'Fallback' },
    })
    server.enqueue({ text: 'By queue' })
    const model = (name: string, script?: string): LanguageModel =>
      createAnthropic({
        baseURL: `${server.url}/v1`,
        apiKey: 'key',
        ...(script === undefined ? {} : { headers: { 'x-model-script': script } }),
      })(name)
    const texts: string[] = []
    for (const one of [model('gpt-5', 'plain'), model('gpt-5'), model('gpt-5'), model('fake/plain'), model('other')]) {
      texts.push((await generateText({ model: one, prompt: 'Hello' })).text)
    }
    const byName = 'Done after 0 tool results.'
    expect(texts).toEqual([byName, 'By queue', 'By model', byName, 'Fallback'])
  })

  it('tells a client whose tools a script cannot use', async () => {
    await using server = await startModelServer()
    const model = clients['anthropic']?.(server.url, 'run') as LanguageModel
    await expect(generateText({ model, prompt: 'Hello', tools, maxRetries: 0 })).rejects.toThrow(/offers: write_file/)
  })

  it('forgets the oldest exchanges, and counts them still', async () => {
    await using server = await startModelServer({ keep: 2 })
    for (let index = 0; index < 3; index += 1) await ask(server, 'anthropic', 'plain', false)
    expect(server.exchanges().map(({ serial }) => serial)).toEqual([2, 3])
    expect(server.ledger().served.requests).toBe(3)
  })

  it('stands as a process of its own, with the same things over HTTP', async () => {
    const file = fileURLToPath(new URL('serve.ts', import.meta.url))
    const child = spawn(process.execPath, [file, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { url } = JSON.parse(line) as { readonly url: string }
    const post = (path: string, body: unknown): Promise<Response> =>
      fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    await post('/-/queue', ['500'])
    const ask = { model: 'plain', max_tokens: 1, messages: [{ role: 'user', content: 'Hello' }] }
    expect([(await post('/v1/messages', ask)).status, (await post('/v1/messages', ask)).status]).toEqual([500, 200])
    const ledger = (await (await fetch(`${url}/-/ledger`)).json()) as unknown
    expect(ledger).toMatchObject({ requests: 2, refused: 1, served: { requests: 1 } })
    expect((await post('/-/queue', ['nonsense'])).status).toBe(400)
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
  })
})
