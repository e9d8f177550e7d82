import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { addProgram } from './fixtures/program.ts'
import { makeRequest } from './fixtures/request.ts'
import { openTemporaryFolder } from './fixtures/temporary-folder.ts'
import { loadAgent } from './load-agent.ts'
import { openLocalContext } from './local-context.ts'
import { resolveAgent } from './resolve-agent.ts'

const packageFolder = fileURLToPath(new URL('..', import.meta.url))

async function examples(): Promise<readonly string[]> {
  const readme = await readFile(`${packageFolder}/README.md`, 'utf8')
  return [...readme.matchAll(/```js\n(.*?)```/gs)].map((match) => match[1] ?? '')
}

describe('the README', () => {
  it('shows the planner used alone in under fifteen lines, and the example runs', async () => {
    const example = (await examples())[0] ?? ''
    expect(example.trim().split('\n').length).toBeLessThan(15)
    const args = ['--conditions=@mayfly/source', '--input-type=module', '--eval', example]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: packageFolder })
    expect(stdout).toMatch(/have to do with the prompt; complexity \w+\. src\/planner\/ignore-rules\.ts/)
  })

  it('shows a client used alone, and the example runs with a program that prints what claude prints', async () => {
    await using folder = await openTemporaryFolder()
    const usage = '"usage":{"input_tokens":1000,"cache_read_input_tokens":200,"output_tokens":34}'
    const result = `{"type":"result","subtype":"success","is_error":false,"result":"A planner","total_cost_usd":0.25,${usage}}`
    await addProgram(folder, 'claude', `cat > /dev/null; echo '${result}'`)
    const args = ['--conditions=@mayfly/source', '--input-type=module', '--eval', (await examples())[1] ?? '']
    const env = { PATH: `${folder.path}:${process.env['PATH']}`, TMPDIR: folder.path }
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: packageFolder, env })
    expect(stdout).toBe('A planner 1200 0.25\n')
    expect(await folder.read('claude-run/prompt.md')).toBe('What is this?')
  })

  it('shows an agent of your own that works', async () => {
    await using folder = await openTemporaryFolder({ 'summarise.mjs': (await examples())[2] ?? '' })
    using context = openLocalContext({ folder: folder.path })
    const agent = await loadAgent(resolveAgent('./summarise.mjs', folder.path))
    const result = await agent.run(makeRequest({ cwd: folder.path, prompt: 'Hello' }), context)
    expect(result).toEqual({ summary: 'Wrote notes.md', output: { name: 'notes.md' } })
    expect(await folder.read('notes.md')).toBe('# Hello\n')
  })
})
