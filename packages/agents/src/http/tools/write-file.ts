import { z } from 'zod'
import type { WorkspaceTool } from './workspace-tool.ts'

const longestContent = 4 * 1024 ** 2

interface Input {
  readonly path: string
  readonly content: string
}

const input: z.ZodType<Input> = z.strictObject({
  path: z.string().min(1).describe('Relative to the workspace; folders on the way are made'),
  content: z.string().max(longestContent).describe('The whole file'),
})

export const writeFile: WorkspaceTool<Input> = {
  name: 'write_file',
  description: 'Writes a text file of the workspace, whole: what stood in it before is gone.',
  input,
  run: async ({ path, content }, { workspace }) => {
    await workspace.write(path, content)
    return `Wrote ${content.length} characters.`
  },
}
