import type { z } from 'zod'
import type { AgentContext } from '../../agent.ts'
import type { Environment } from '../../process/program-environment.ts'
import type { HttpReference } from '../http-reference.ts'
import type { Workspace } from '../workspace.ts'

/** What a tool works with. */
export interface ToolSurroundings {
  readonly workspace: Workspace
  readonly reference: HttpReference
  readonly context: AgentContext
  /** Aborted when the attempt is to end; a tool then throws its reason. */
  readonly signal: AbortSignal
  /** Everything there is; a tool passes on what is needed. */
  readonly environment: Environment
  /** Values that must not be kept. */
  readonly secrets: readonly string[]
}

/** Something that a model may do in the workspace. */
export interface WorkspaceTool<Input = unknown> {
  readonly name: string
  /** For the model. */
  readonly description: string
  readonly input: z.ZodType<Input>
  /**
   * What the model is told. Bounded by the tool.
   *
   * @throws ToolRefusal for what the model should hear of and can do otherwise; PathRefusedError likewise.
   */
  run(input: Input, surroundings: ToolSurroundings): Promise<string>
}

/** The tool cannot do what it was asked. The model is told why, and may go on. */
export class ToolRefusal extends Error {
  override readonly name = 'ToolRefusal'
}

/** Characters of what a tool says; about 16,000 tokens. */
export const longestResult = 65_536
