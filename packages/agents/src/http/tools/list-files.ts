import { readdir, stat } from 'node:fs/promises'
import { z } from 'zod'
import { findGitRoot, rulesAbove } from '../../planner/ignore-rules.ts'
import { isUnseen } from '../../planner/skip-rules.ts'
import { walk } from '../../planner/walk.ts'
import { ToolRefusal, type ToolSurroundings, type WorkspaceTool } from './workspace-tool.ts'

const most = 1_000

interface Input {
  readonly path: string
  readonly recursive: boolean
}

const input: z.ZodType<Input> = z.strictObject({
  path: z.string().min(1).default('.').describe('A folder, relative to the workspace'),
  recursive: z
    .boolean()
    .default(false)
    .describe('Also what is in the folders below, but for what is ignored or generated'),
})

export const listFiles: WorkspaceTool<Input> = {
  name: 'list_files',
  description: `Lists the files and folders of a folder, at most ${most}. Folders end in "/".`,
  input,
  run: async ({ path, recursive }, surroundings) => {
    const folder = await surroundings.workspace.find(path)
    if (!(await stat(folder)).isDirectory()) throw new ToolRefusal(`${JSON.stringify(path)} is not a folder`)
    const names = recursive ? await listTree(folder, surroundings) : await listFolder(folder)
    if (names.length === 0) return 'The folder is empty.'
    const rest = names.length > most ? ['[cut: there are more]'] : []
    return [...names.slice(0, most), ...rest].join('\n')
  },
}

async function listFolder(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter(({ name }) => !isUnseen(name))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort()
}

async function listTree(folder: string, { workspace, signal }: ToolSurroundings): Promise<readonly string[]> {
  const names: string[] = []
  for await (const entry of walk(folder, await rulesAbove(folder, await findGitRoot(workspace.root)), signal)) {
    if (entry.kind === 'file') names.push(entry.path)
    if (names.length > most) break
  }
  return names
}
