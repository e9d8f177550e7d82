import { describe, expect, it } from 'vitest'
import type { AgentResult } from './agent.ts'
import { AgentLoadError, AgentNotFoundError } from './agent-errors.ts'
import { makeRequest } from './fixtures/request.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { loadAgent } from './load-agent.ts'
import { openLocalContext } from './local-context.ts'
import { resolveAgent } from './resolve-agent.ts'

async function runModule(source: string, name = 'agent.mjs'): Promise<AgentResult> {
  await using folder = await openTemporaryFolder({ [name]: source })
  using context = openLocalContext({ folder: folder.path })
  const agent = await loadAgent(resolveAgent(`./${name}`, folder.path))
  return await agent.run(makeRequest({ cwd: folder.path, prompt: 'Hello' }), context)
}

describe('loadAgent', () => {
  it('loads the planner', async () => {
    expect((await loadAgent({ kind: 'builtin', name: 'planner' })).name).toBe('planner')
  })

  it('refuses a built-in agent that there is not', async () => {
    await expect(loadAgent({ kind: 'builtin', name: 'wizard' })).rejects.toThrow(AgentNotFoundError)
  })

  it('runs a module with the request and the context', async () => {
    const result = await runModule(`export default async (request, context) => {
      const { name } = await context.artifact('note.txt', request.prompt)
      return { summary: 'Wrote ' + name, output: { aborted: context.signal.aborted } }
    }`)
    expect(result).toEqual({ summary: 'Wrote note.txt', output: { aborted: false } })
  })

  it('runs a module that is written in TypeScript', async () => {
    const result = await runModule('export default (request: { prompt: string }): string => request.prompt', 'agent.ts')
    expect(result).toEqual({ summary: 'Hello', output: 'Hello' })
  })

  it.each([
    ["'done'", { summary: 'done', output: 'done' }],
    ["{ summary: 'Three', count: 3 }", { summary: 'Three', output: { summary: 'Three', count: 3 } }],
    ["{ summary: 'Null', output: null }", { summary: 'Null', output: null }],
    ['undefined', { summary: 'agent returned nothing', output: null }],
    ['[1, 2]', { summary: 'agent returned a list of 2', output: [1, 2] }],
    ['{ summary: 5 }', { summary: 'agent returned an object with summary', output: { summary: 5 } }],
    ['{}', { summary: 'agent returned an empty object', output: {} }],
    ['42', { summary: 'agent returned 42', output: 42 }],
  ])('makes a result of %s', async (returned, result) => {
    expect(await runModule(`export default () => (${returned})`)).toEqual(result)
  })

  it('cuts a summary that is longer than a line, and keeps the whole output', async () => {
    const { summary, output } = await runModule("export default () => 'x'.repeat(5000)")
    expect(summary).toHaveLength(1_000)
    expect(output).toHaveLength(5_000)
  })

  it('refuses a result that is not JSON and names its place', async () => {
    await expect(runModule('export default () => ({ list: [new Map()] })')).rejects.toMatchObject({
      code: 'AGENT_RESULT_INVALID',
      path: '$.list[0]',
    })
  })

  it('passes an error of the module on as it is', async () => {
    await expect(runModule("export default () => { throw new RangeError('mine') }")).rejects.toThrow(RangeError)
  })

  it.each([
    ['export default 5', /should be a function, but is number/],
    ['export const run = () => 1', /should be a function, but is undefined/],
    ['export default (', /could not be loaded/],
    ["import './nowhere.mjs'; export default () => 1", /nowhere/],
    ["throw new Error('at import')", /at import/],
  ])('refuses the module %j', async (source, message) => {
    const attempt = runModule(source)
    await expect(attempt).rejects.toThrow(AgentLoadError)
    await expect(attempt).rejects.toThrow(message)
    await expect(attempt).rejects.toMatchObject({ code: 'AGENT_LOAD_FAILED', agent: 'agent' })
  })
})
