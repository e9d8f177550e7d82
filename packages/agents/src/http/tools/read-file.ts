import type { FileHandle } from 'node:fs/promises'
import { z } from 'zod'
import { longestResult, ToolRefusal, type WorkspaceTool } from './workspace-tool.ts'

/** Bytes that are looked through for the first line asked for. */
const farthest = 256 * 1024 ** 2

interface Input {
  readonly path: string
  readonly offset: number
  readonly limit: number
}

const input: z.ZodType<Input> = z.strictObject({
  path: z.string().min(1).describe('Relative to the workspace'),
  offset: z.int().min(1).default(1).describe('The first line to read, from 1'),
  limit: z.int().min(1).default(2_000).describe('How many lines to read'),
})

export const readFile: WorkspaceTool<Input> = {
  name: 'read_file',
  description: `Reads a text file of the workspace, at most ${longestResult} characters of it. Use offset and limit for the rest.`,
  input,
  run: async ({ path, offset, limit }, { workspace }) => {
    await using handle = await workspace.openFile(path)
    const { text, isCut } = await readLines(handle, path, offset, limit)
    if (text === '') return offset === 1 ? 'The file is empty.' : `The file has no line ${offset}.`
    return isCut ? `${text}\n[cut: the file goes on]` : text
  },
}

interface Excerpt {
  readonly text: string
  /** Whether there is more. */
  readonly isCut: boolean
}

/** Piece by piece: a line may be as long as the file, and the file as long as the disk. */
async function readLines(handle: FileHandle, path: string, offset: number, limit: number): Promise<Excerpt> {
  let text = ''
  let line = 1
  for await (const piece of handle.createReadStream({ encoding: 'utf8', autoClose: false, end: farthest })) {
    if ((piece as string).includes('\0')) throw new ToolRefusal(`${JSON.stringify(path)} is not a text file`)
    for (const part of (piece as string).split(/(?<=\n)/)) {
      if (line >= offset + limit || text.length >= longestResult)
        return { text: text.slice(0, longestResult), isCut: true }
      if (line >= offset) text += part
      if (part.endsWith('\n')) line += 1
    }
  }
  return { text: text.slice(0, longestResult), isCut: text.length > longestResult }
}
