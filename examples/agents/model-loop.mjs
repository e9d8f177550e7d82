import { readdir, readFile, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'

/*
 * Asks a model behind an OpenAI-compatible endpoint (chat completions, streamed) until it has an answer, and lets it list and read the files of the
 * folder meanwhile. It writes nothing and starts nothing: --permission read is enough. It needs OPENAI_API_KEY and OPENAI_MODEL, and takes
 * OPENAI_BASE_URL.
 */

const MOST_TURNS = 20

/** Characters; a model's context has an end, and so has one's purse. */
const LONGEST_RESULT = 20_000

export default async function modelLoop(request, context) {
  const messages = context.lastCheckpoint ?? [
    { role: 'system', content: 'Look at the files of the folder as far as you need them, then answer.' },
    // The prompt with what belongs to the step: files, earlier artifacts, feedback. Where nothing belongs to it, the prompt alone.
    { role: 'user', content: request.instructions ?? request.prompt },
  ]
  const used = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, toolCalls: 0 }

  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const answer = await ask(messages, context)
    count(used, answer.usage)
    const { content, calls } = answer
    used.toolCalls += calls.length
    // What is reported is kept when this attempt is lost, and limits on tokens hold for it. What is not known (here: the cost) is left out.
    context.report?.({ model: answer.model, ...used })
    if (calls.length === 0) return finish(content, used, context)
    messages.push({ role: 'assistant', content, tool_calls: calls })
    for (const call of calls) messages.push(await use(call, request.cwd, context))
    context.checkpoint(messages)
  }
  throw new Error(`No answer after ${MOST_TURNS} turns`)
}

async function finish(content, used, context) {
  if (content.trim() === '') throw new Error('The model gave an empty answer')
  const { name } = await context.artifact('answer.md', content)
  return { summary: content.trim().split('\n')[0], output: { artifact: name, ...used } }
}

function count(used, usage) {
  used.inputTokens += usage?.prompt_tokens ?? 0
  used.cachedTokens += usage?.prompt_tokens_details?.cached_tokens ?? 0
  used.outputTokens += usage?.completion_tokens ?? 0
}

/** One streamed answer: its text, the tools that it calls, and what it took. */
async function ask(messages, context) {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: base = 'https://api.openai.com/v1', OPENAI_MODEL: model } = process.env
  if (!key || !model)
    throw refusal('OPENAI_API_KEY and OPENAI_MODEL have to be set, and named where this agent is described')
  const response = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages, tools, stream: true, stream_options: { include_usage: true } }),
    // Cancelled, timed out or shut down: the request ends with it.
    signal: context.signal,
  })
  if (!response.ok) throw await failure(response)
  const answer = { content: '', calls: [], model, usage: null, isWhole: false }
  for await (const event of events(response.body)) {
    if (event === '[DONE]') continue
    take(answer, JSON.parse(event))
    context.progress({ text: answer.content.slice(-200) })
  }
  if (!answer.isWhole) throw new Error('The answer was cut off')
  return answer
}

function take(answer, { choices: [choice] = [], usage, model }) {
  answer.model = model ?? answer.model
  answer.usage = usage ?? answer.usage
  answer.content += choice?.delta?.content ?? ''
  for (const { index, id, function: part } of choice?.delta?.tool_calls ?? []) {
    answer.calls[index] ??= { id, type: 'function', function: { name: '', arguments: '' } }
    answer.calls[index].function.name += part?.name ?? ''
    answer.calls[index].function.arguments += part?.arguments ?? ''
  }
  if (choice?.finish_reason) answer.isWhole = true
}

/** The data of server-sent events, one line each. */
async function* events(body) {
  let rest = ''
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()
    for (const line of lines) if (line.startsWith('data:')) yield line.slice('data:'.length).trim()
  }
}

/** What is wrong with the request or the key stays wrong; all else may go better with the next attempt. */
async function failure(response) {
  const message = `The endpoint answered ${response.status}: ${(await response.text()).slice(0, 500)}`
  return [400, 401, 403, 404].includes(response.status) ? refusal(message) : new Error(message)
}

/** An error of this name is not tried again. */
function refusal(message) {
  return Object.assign(new Error(message), { name: 'ValidationError' })
}

const tools = [
  describeTool('list_files', 'Names of the files and folders in a folder. "." is the folder that is worked on.'),
  describeTool('read_file', 'The text of a file.'),
]

function describeTool(name, description) {
  const parameters = { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] }
  return { type: 'function', function: { name, description, parameters } }
}

/** A mistake of the model's is told to the model: it may do better. */
async function use({ id, function: { name, arguments: given } }, cwd, context) {
  context.log(`${name} ${given}`)
  try {
    const path = await inside(cwd, JSON.parse(given).path)
    const entries = name === 'list_files' ? (await readdir(path)).join('\n') : await readFile(path, 'utf8')
    return { role: 'tool', tool_call_id: id, content: entries.slice(0, LONGEST_RESULT) }
  } catch (error) {
    return { role: 'tool', tool_call_id: id, content: `Refused: ${error.message}` }
  }
}

/** Links are followed before it is looked at where a path leads: Node's permissions do not do that. */
async function inside(folder, path) {
  const root = await realpath(folder)
  const found = await realpath(join(root, path))
  const way = relative(root, found)
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) throw new Error(`${path} is not in the folder`)
  return found
}
