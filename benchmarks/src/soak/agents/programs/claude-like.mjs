// Speaks like claude, with the model behind it that ANTHROPIC_BASE_URL names. `claude-like.mjs <behaviour> <claude's own arguments>`
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { add, ask, costOf, nothing, optionOf, readPrompt, say } from './model-client.mjs'

const behaviour = process.argv[2]
const model = optionOf('--model')
const earlier = optionOf('--resume')
const session = earlier ?? randomUUID()

const writer = {
  name: 'Write',
  input_schema: { type: 'object', properties: { file_path: { type: 'string' }, content: { type: 'string' } } },
}

/** As the real one does: the cost of a session counts on when it is taken up again, its tokens do not. */
const costFile = join(process.env.CLAUDE_CONFIG_DIR, `${session}.json`)
const costBefore = existsSync(costFile) ? JSON.parse(readFileSync(costFile, 'utf8')) : 0

const work = async () => {
  const messages = [{ role: 'user', content: await readPrompt() }]
  let used = nothing
  say({ type: 'system', subtype: 'init', session_id: session, model })
  for (;;) {
    const url = `${process.env.ANTHROPIC_BASE_URL}/v1/messages`
    const headers = { 'x-api-key': process.env.ANTHROPIC_API_KEY, 'anthropic-version': '2023-06-01' }
    const answer = await ask(url, headers, { model, max_tokens: 1000, tools: [writer], messages }, sayRetry)
    const { usage } = answer
    // The number of output tokens is not known yet when the real one says this.
    say({ type: 'assistant', message: { ...answer, usage: { ...usage, output_tokens: 1 } }, session_id: session })
    const cached = usage.cache_read_input_tokens
    used = add(used, { input: usage.input_tokens + cached, cached, output: usage.output_tokens })
    const calls = answer.content.filter(({ type }) => type === 'tool_use')
    if (calls.length === 0) return { used, text: answer.content.map(({ text }) => text ?? '').join('') }
    for (const { input } of calls) writeFileSync(input.file_path, input.content)
    const results = calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'written' }))
    messages.push({ role: 'assistant', content: answer.content }, { role: 'user', content: results })
  }
}

const sayRetry = (attempt, status) =>
  say({ type: 'system', subtype: 'api_retry', attempt, max_retries: 10, error_status: status })

const finish = ({ used, text }, isError = false) => {
  const total = costBefore + costOf(used)
  mkdirSync(process.env.CLAUDE_CONFIG_DIR, { recursive: true })
  writeFileSync(costFile, JSON.stringify(total))
  const usage = {
    input_tokens: used.input - used.cached,
    cache_read_input_tokens: used.cached,
    output_tokens: used.output,
  }
  say({
    ...{ type: 'result', subtype: 'success', is_error: isError, result: text, session_id: session },
    ...{ usage, total_cost_usd: total },
  })
  process.exitCode = isError ? 1 : 0
}

const behaviours = {
  work: async () => finish(await work()),
  /** Fails once for each session, when it has had its answers. */
  'fail once': async () => finish(await work(), earlier === undefined),
  stubborn: async () => {
    process.on('SIGTERM', () => {})
    finish(await work())
  },
  'leave a daemon': async () => {
    spawn('sleep', ['600'], { detached: true, stdio: 'ignore' }).unref()
    finish(await work())
  },
  'ask for leave': () => {
    say({ type: 'system', subtype: 'init', session_id: session, model })
    say({ type: 'control_request', request: { subtype: 'can_use_tool', tool_name: 'Bash' } })
    setInterval(() => {}, 1000)
  },
  'say nothing more': () => say({ type: 'system', subtype: 'init', session_id: session, model }),
}

await behaviours[behaviour]()
