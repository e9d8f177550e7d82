import type { z } from 'zod'
import { type DocumentPath, writePath } from '../document-path.ts'
import { plainMessage } from '../plain-message.ts'
import type { Workflow } from '../workflow.ts'
import { positionIn } from '../workflow-document.ts'
import { WorkflowError, type WorkflowProblem } from '../workflow-error.ts'
import type { PlanNote } from './workflow-plan.ts'

// Each is looked up in the text. Nobody reads so many, and a file of 2 MB can have a hundred thousand.
const MOST_LOCATED = 1_000

/** What is wrong in a workflow, and what is only worth a word, each with its place. */
export class PlanReport {
  readonly #workflow: Workflow
  // By place and text: one unknown name in a path that stands in two lists is one problem.
  readonly #problems = new Map<string, WorkflowProblem>()
  readonly #notes: PlanNote[] = []
  #located = 0

  constructor(workflow: Workflow) {
    this.#workflow = workflow
  }

  /** In the order of the file; at most 1,000. */
  get notes(): readonly PlanNote[] {
    return inOrder(this.#notes)
  }

  /** @param at where in the text at `path` the problem begins, and how long it is */
  problem(path: DocumentPath, message: string, at?: TextPlace): void {
    if (!this.#mayLocate()) return
    const problem = { path: writePath(path), message, ...this.#position(path, at) }
    this.#problems.set(`${problem.line}:${problem.column} ${problem.path} ${message}`, problem)
  }

  note(path: DocumentPath, message: string, at?: TextPlace): void {
    if (this.#notes.length >= MOST_LOCATED) return
    const step = path[0] === 'steps' && typeof path[1] === 'number' ? path[1] : null
    this.#notes.push({ step, path: writePath(path), message, ...this.#position(path, at) })
  }

  /** Reads what stands at a path; what the schema refuses becomes problems, and undefined comes back. */
  read<Value>(schema: z.ZodType<Value>, written: unknown, path: DocumentPath): Value | undefined {
    if (written === undefined || written === null) return undefined
    const read = schema.safeParse(written)
    if (read.success) return read.data
    for (const issue of read.error.issues) this.problem([...path, ...issue.path], plainMessage(issue.message))
    return undefined
  }

  /** @throws {WorkflowError} WORKFLOW_INVALID, when there is any problem */
  refuse(): void {
    if (this.#problems.size === 0) return
    throw new WorkflowError('WORKFLOW_INVALID', this.#workflow.path, inOrder(Array.from(this.#problems.values())))
  }

  #mayLocate(): boolean {
    this.#located += 1
    return this.#located <= MOST_LOCATED
  }

  #position(path: DocumentPath, at?: TextPlace): { line: number; column: number } {
    return positionIn(this.#workflow, path, at && excerptOf(at))
  }
}

function inOrder<Placed extends { line: number; column: number }>(placed: readonly Placed[]): Placed[] {
  return placed.toSorted((one, other) => one.line - other.line || one.column - other.column)
}

/** A piece of a text. */
export interface TextPlace {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** The piece and how often it stands before that place: that finds it in the file, however the file indents and folds. */
function excerptOf({ text, start, end }: TextPlace): { text: string; before: number } {
  const piece = text.slice(start, end)
  return piece === '' ? { text: '', before: 0 } : { text: piece, before: text.slice(0, start).split(piece).length - 1 }
}
