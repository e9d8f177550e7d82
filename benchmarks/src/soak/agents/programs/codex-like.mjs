// Speaks like codex: events of a thread, usage with each turn. `codex-like.mjs --url <url> --model <model>`; its key is SOAK_CODEX_KEY.
import { writeFileSync } from 'node:fs'
import { ask, costOf, optionOf, readPrompt, say } from './model-client.mjs'

const writer = {
  type: 'function',
  function: {
    name: 'write_file',
    parameters: { type: 'object', properties: { path: { type: 'string' }, content: { type: 'string' } } },
  },
}

const model = optionOf('--model')
const messages = [{ role: 'user', content: await readPrompt() }]
const headers = { authorization: `Bearer ${process.env.SOAK_CODEX_KEY}` }
say({ type: 'thread.started', thread_id: `thread-${process.pid}` })
for (let isDone = false; !isDone; ) {
  const { choices, usage } = await ask(`${optionOf('--url')}/chat/completions`, headers, {
    ...{ model, messages, tools: [writer] },
  })
  const { message } = choices[0]
  const used = {
    input: usage.prompt_tokens,
    cached: usage.prompt_tokens_details.cached_tokens,
    output: usage.completion_tokens,
  }
  say({ type: 'turn', model, usage: { ...used, cost: costOf(used) } })
  const calls = message.tool_calls ?? []
  messages.push(message)
  for (const { id, function: call } of calls) {
    const { path, content } = JSON.parse(call.arguments)
    writeFileSync(path, content)
    say({ type: 'item', item: { type: 'file_change' } })
    messages.push({ role: 'tool', tool_call_id: id, content: 'written' })
  }
  if (calls.length === 0) say({ type: 'item', item: { type: 'agent_message', text: message.content } })
  isDone = calls.length === 0
}
say({ type: 'turn.completed' })
