import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/* Programs that stand in for claude: they print what it prints, and take no time for it. */

const init = '{"type":"system","subtype":"init","session_id":"session-1","model":"model-1"}'
const result =
  '{"type":"result","subtype":"success","is_error":false,"result":"Done","session_id":"session-1","usage":{"input_tokens":1000,"cache_read_input_tokens":200,"output_tokens":34},"total_cost_usd":0.01}'

/** Gives the path of the program. */
const writeProgram = async (folder: string, name: string, lines: readonly string[]): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${lines.join('\n')}\n`)
  await chmod(path, 0o755)
  return path
}

/** Answers at once. */
export const writeQuickClient = async (folder: string): Promise<string> =>
  await writeProgram(folder, 'quick', [`printf '%s\\n' '${init}' '${result}'`])

/** What a long stream is made of. */
export const streamKinds = ['messages of 1 kB', 'tool results of 100 kB', 'one line'] as const

export type StreamKind = (typeof streamKinds)[number]

const message = (size: number): string =>
  `{"type":"assistant","message":{"id":"m","content":[{"type":"text","text":"${'x'.repeat(size)}"}],"usage":{"input_tokens":1,"output_tokens":1}},"session_id":"session-1"}`

const toolResult = (size: number): string =>
  `{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"${'x'.repeat(size)}"}]},"session_id":"session-1"}`

/** Bytes; the program hands them over in one go, for it must be faster than whoever reads. */
const BLOCK = 1024 ** 2

/** Prints so many bytes between its first event and its last. */
export const writeStreamingClient = async (folder: string, kind: StreamKind, bytes: number): Promise<string> => {
  const text = unitOf(kind)
  const block = join(folder, 'block')
  const content = text.repeat(Math.max(1, Math.floor(BLOCK / text.length)))
  await writeFile(block, content)
  return await writeProgram(folder, 'stream', [
    `printf '%s\\n' '${init}'`,
    `i=0; while [ $i -lt ${Math.ceil(bytes / content.length)} ]; do cat '${block}'; i=$((i + 1)); done`,
    `printf '\\n%s\\n' '${result}'`,
  ])
}

/** What the stream repeats. */
const unitOf = (kind: StreamKind): string => {
  if (kind === 'one line') return 'x'.repeat(BLOCK)
  return `${kind === 'messages of 1 kB' ? message(850) : toolResult(100_000)}\n`
}

/** Works for ever, with a child in a session of its own, and heeds no SIGTERM if it is stubborn. */
export const writeEndlessClient = async (folder: string, isStubborn: boolean): Promise<string> =>
  await writeProgram(folder, isStubborn ? 'stubborn' : 'endless', [
    ...(isStubborn ? [`trap '' TERM`] : []),
    'setsid sleep 600 &',
    `printf '%s\\n' '${init}'`,
    'while :; do sleep 1; done',
  ])
