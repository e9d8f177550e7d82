/*
 * A client that nobody knows, in a few lines: it reads a prompt from stdin and says as JSON, a line each, what it does. In its place stands the one that
 * you have.
 */
import { text } from 'node:stream/consumers'

const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`)

const prompt = await text(process.stdin)
const [session = 'session-1'] = process.argv.flatMap((word, index, words) =>
  words[index - 1] === '--session' ? word : [],
)
const isReader = process.argv.includes('--read-only')

say({ type: 'start', session, model: 'tiny-1' })
if (!isReader) say({ type: 'tool', tool: { name: 'write_file' } })
say({ type: 'message', role: 'assistant', content: `You said: ${prompt.trim().split('\n').at(-1)}` })
say({ type: 'done', ok: true, usage: { input: 12, output: 5 } })
