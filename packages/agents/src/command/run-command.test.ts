import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { AgentResult } from '../agent.ts'
import { AgentOptionError, AgentStartError } from '../agent-errors.ts'
import type { CommandReference } from '../agent-reference.ts'
import { makeRequest } from '../fixtures/request.ts'
import { openTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { openLocalContext } from '../local-context.ts'
import { createCommandAgent } from './run-command.ts'

type Parts = Partial<CommandReference>

interface Run {
  readonly result: AgentResult
  readonly artifacts: Readonly<Record<string, string>>
}

async function run(code: string, parts: Parts = {}, environment: Record<string, string> = {}): Promise<Run> {
  await using folder = await openTemporaryFolder()
  const folderOfArtifacts = join(folder.path, 'artifacts')
  using context = openLocalContext({ folder: folderOfArtifacts })
  const reference: CommandReference = {
    ...{ kind: 'command', name: 'tool', command: process.execPath },
    ...{ ...parts, arguments: ['-e', code, '--', ...(parts.arguments ?? [])] },
  }
  const outside = { PATH: process.env['PATH'], ...environment }
  const agent = createCommandAgent(reference, { environment: outside, graces: { killMs: 100, drainMs: 100 } })
  const result = await agent.run(makeRequest({ cwd: folder.path, prompt: 'Do $(it) "now"' }), context)
  const names = await readdir(folderOfArtifacts)
  const contents = names.map(async (name) => [name, await folder.read(`artifacts/${name}`)] as const)
  return { result, artifacts: Object.fromEntries(await Promise.all(contents)) }
}

const echoStdin = 'process.stdin.pipe(process.stdout)'

describe('a command agent', () => {
  it('gets the prompt on stdin and gives what is printed', async () => {
    const { result, artifacts } = await run(echoStdin)
    expect(result).toMatchObject({ summary: 'Do $(it) "now"', output: 'Do $(it) "now"', report: { inputTokens: null } })
    expect(artifacts).toEqual({
      'prompt.md': 'Do $(it) "now"',
      'output.txt': 'Do $(it) "now"',
      'answer.md': 'Do $(it) "now"',
    })
  })

  it('gets the prompt as one argument, read by no shell', async () => {
    const { result } = await run('console.log(JSON.stringify(process.argv.slice(1)))', {
      prompt: 'argument',
      arguments: ['--task={{prompt}}', '{{run_id}}', '{{unknown}}'],
    })
    expect(result.output).toBe(JSON.stringify(['--task=Do $(it) "now"', 'run-1', '{{unknown}}']))
  })

  it('gets the prompt in a file that an argument and a variable name', async () => {
    const code = `const { readFileSync } = require('node:fs')
      console.log(readFileSync(process.argv[1], 'utf8') + readFileSync(process.env.MAYFLY_PROMPT_FILE, 'utf8'))`
    const { result } = await run(code, { prompt: 'file', arguments: ['{{prompt_file}}'] })
    expect(result.output).toBe('Do $(it) "now"Do $(it) "now"')
  })

  it('leaves its result in a file, which is gone afterwards', async () => {
    const code = `require('node:fs').writeFileSync(process.env.MAYFLY_RESULT_FILE, 'from ' + process.argv[1]); console.log('talk')`
    const { result, artifacts } = await run(code, { result: 'file', arguments: ['{{result_file}}'] })
    expect(result.output).toMatch(new RegExp(`^from ${tmpdir()}/mayfly-result-`))
    expect(artifacts['output.txt']).toBe('talk\n')
    await expect(readdir(String(result.output).slice('from '.length, -'/result'.length))).rejects.toThrow(/ENOENT/)
  })

  it('may have no result when that was said', async () => {
    const { result } = await run('', { result: 'none' })
    expect(result).toMatchObject({ output: '', report: { text: null } })
  })

  it.each([
    ['', {}, 'AGENT_NO_ANSWER', /exit code 0 and without a result/],
    ['', { result: 'file' }, 'AGENT_NO_ANSWER', /without a result/],
    ['console.error("no such thing"); process.exitCode = 4', {}, 'AGENT_EXIT', /exit code 4; on stderr: no such thing/],
    ['process.kill(process.pid, "SIGSEGV")', {}, 'AGENT_EXIT', /by SIGSEGV/],
    ['process.on("SIGTERM", () => {}); for (;;);', { limits: { timeoutMs: 300 } }, 'AGENT_TIMEOUT', /timeoutMs/],
    ['for (;;);', { limits: { idleTimeoutMs: 300 } }, 'AGENT_IDLE', /startTimeoutMs/],
    [
      'for (;;) require("node:fs").writeSync(1, "x".repeat(1e5))',
      { limits: { maxAnswerBytes: 1e6 } },
      'AGENT_LIMIT',
      /maxAnswerBytes/,
    ],
    [
      'const { writeFileSync } = require("node:fs"); writeFileSync(process.env.MAYFLY_RESULT_FILE, "x".repeat(2000))',
      { result: 'file', limits: { maxAnswerBytes: 1_000 } },
      'AGENT_LIMIT',
      /maxAnswerBytes/,
    ],
  ] as const)('that runs %j with %j ends with %s', async (code, parts, failure, message) => {
    const attempt = run(code, parts)
    await expect(attempt).rejects.toMatchObject({ code: failure, agent: 'tool' })
    await expect(attempt).rejects.toThrow(message)
  })

  it('sees only the variables that it is said to need, and their values are kept nowhere', async () => {
    const secrets = { TOOL_TOKEN: 'tool-token-1234', OTHER_TOKEN: 'other-token-1234' }
    const { result, artifacts } = await run(
      'console.log(process.env.TOOL_TOKEN, process.env.OTHER_TOKEN)',
      { environment: ['TOOL_TOKEN'] },
      secrets,
    )
    expect(result.output).toBe('[redacted] undefined')
    expect(JSON.stringify(artifacts)).not.toContain('tool-token-1234')
  })

  it('cannot be held to a limit on what it does not say', async () => {
    await expect(run('', { limits: { maxCostUsd: 1 } })).rejects.toThrow(AgentOptionError)
    await expect(run('', { limits: { maxTokens: 1 } })).rejects.toThrow(AgentOptionError)
  })

  it('that cannot be started says so', async () => {
    const attempt = run('', { command: '/no/such/program' })
    await expect(attempt).rejects.toThrow(AgentStartError)
    await expect(attempt).rejects.toMatchObject({ code: 'AGENT_START', command: '/no/such/program' })
  })
})
