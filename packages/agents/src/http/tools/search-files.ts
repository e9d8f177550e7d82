import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { findGitRoot, rulesAbove } from '../../planner/ignore-rules.ts'
import { walk } from '../../planner/walk.ts'
import { PathRefusedError } from '../http-errors.ts'
import type { Workspace } from '../workspace.ts'
import type { ToolSurroundings, WorkspaceTool } from './workspace-tool.ts'

const mostMatches = 200
/** Bytes of a file that are searched, as the planner reads of one. */
const searchedBytes = 256 * 1024
const longestLine = 300

interface Input {
  readonly text: string
  readonly path: string
  readonly ignoreCase: boolean
}

const input: z.ZodType<Input> = z.strictObject({
  text: z.string().min(1).max(1_000).describe('What to look for, as it is written: no pattern'),
  path: z.string().min(1).default('.').describe('A file or folder, relative to the workspace'),
  ignoreCase: z.boolean().default(false),
})

/** No regular expressions: one that a model writes can take for ever, and nothing ends it from inside. */
export const searchFiles: WorkspaceTool<Input> = {
  name: 'search_files',
  description: `Finds the lines that contain a text, as "path:line: text", at most ${mostMatches}. Ignored and generated files are left out.`,
  input,
  run: async (given, surroundings) => {
    const matches: string[] = []
    for await (const file of filesIn(given.path, surroundings)) {
      matches.push(...(await searchFile(file, given, surroundings.workspace)))
      if (matches.length > mostMatches) break
    }
    if (matches.length === 0) return 'Nothing was found.'
    const rest = matches.length > mostMatches ? ['[cut: there are more]'] : []
    return [...matches.slice(0, mostMatches), ...rest].join('\n')
  },
}

async function* filesIn(path: string, { workspace, signal }: ToolSurroundings): AsyncGenerator<string> {
  const start = await workspace.find(path)
  if (!(await stat(start)).isDirectory()) return yield start
  const rules = await rulesAbove(start, await findGitRoot(workspace.root))
  for await (const entry of walk(start, rules, signal)) {
    if (entry.kind === 'file') yield join(start, entry.path)
  }
}

async function searchFile(file: string, { text, ignoreCase }: Input, workspace: Workspace): Promise<readonly string[]> {
  const content = await readBeginning(file, workspace)
  if (content === null || content.includes('\0')) return []
  const fold = (line: string): string => (ignoreCase ? line.toLowerCase() : line)
  const wanted = fold(text)
  return content
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => fold(line).includes(wanted))
    .slice(0, mostMatches + 1)
    .map(({ line, number }) => `${workspace.nameOf(file)}:${number}: ${line.trimEnd().slice(0, longestLine)}`)
}

/** Null for what went away, or turned into something else, since the walk met it. */
async function readBeginning(file: string, workspace: Workspace): Promise<string | null> {
  try {
    await using handle = await workspace.openFile(file)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(searchedBytes), 0, searchedBytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    if (error instanceof PathRefusedError) return null
    throw error
  }
}
