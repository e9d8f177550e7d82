import { PathRefusedError } from '../http-errors.ts'
import type { HttpReference } from '../http-reference.ts'
import { listFiles } from './list-files.ts'
import { readFile } from './read-file.ts'
import { runCommand } from './run-command.ts'
import { searchFiles } from './search-files.ts'
import { ToolRefusal, type ToolSurroundings, type WorkspaceTool } from './workspace-tool.ts'
import { writeFile } from './write-file.ts'

/** What a model is told of a call. */
export interface ToolAnswer {
  readonly text: string
  readonly isError: boolean
}

/** The tools that an agent's permission gives its model. */
export class Toolbox {
  readonly tools: readonly WorkspaceTool[]
  readonly #surroundings: ToolSurroundings

  constructor(surroundings: ToolSurroundings) {
    this.tools = permittedTools(surroundings.reference)
    this.#surroundings = surroundings
  }

  /**
   * Does what a model asks for. What it asks for wrongly is answered, not thrown: it may do better.
   *
   * @throws The abort reason of the surroundings' signal, and what nobody expected.
   */
  async use(name: string, input: unknown): Promise<ToolAnswer> {
    const tool = this.tools.find((one) => one.name === name)
    if (tool === undefined) return failed(`There is no tool ${JSON.stringify(name)}. There are: ${this.#names()}`)
    const parsed = tool.input.safeParse(input)
    if (!parsed.success) return failed(`The input of ${name} is not as its schema says: ${parsed.error.message}`)
    try {
      return { text: await tool.run(parsed.data, this.#surroundings), isError: false }
    } catch (error) {
      this.#surroundings.signal.throwIfAborted()
      if (isForTheModel(error)) return failed(error.message)
      throw error
    }
  }

  #names(): string {
    return this.tools.map(({ name }) => name).join(', ')
  }
}

function permittedTools({ permission, commands }: HttpReference): readonly WorkspaceTool[] {
  const reading = [listFiles, readFile, searchFiles]
  const writing = permission === 'read' ? [] : [writeFile]
  const running = permission === 'full' && (commands ?? []).length > 0 ? [runCommand] : []
  return [...reading, ...writing, ...running] as readonly WorkspaceTool[]
}

/** Refusals, and what the file system says: no room, no permission, a name that is too long. */
function isForTheModel(error: unknown): error is Error {
  if (error instanceof ToolRefusal || error instanceof PathRefusedError) return true
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string'
}

function failed(text: string): ToolAnswer {
  return { text, isError: true }
}
