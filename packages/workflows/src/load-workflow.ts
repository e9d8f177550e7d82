import { isUtf8 } from 'node:buffer'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseWorkflow } from './parse-workflow.ts'
import type { Workflow } from './workflow.ts'
import { WorkflowError } from './workflow-error.ts'
import { WorkflowFileError } from './workflow-file-error.ts'

// 5,000 steps are under 1 MB. Ordinary YAML parses at about 1 MB per second, the worst that was found at a third of it.
const MOST_BYTES = 2_000_000

/**
 * Reads a workflow file of at most 2 MB in UTF-8; its `path` is absolute.
 *
 * @throws {WorkflowFileError} WORKFLOW_NOT_FOUND, WORKFLOW_TOO_LARGE, WORKFLOW_UNREADABLE
 * @throws {WorkflowError} WORKFLOW_SYNTAX, WORKFLOW_INVALID
 */
export async function loadWorkflow(path: string): Promise<Workflow> {
  const file = resolve(path)
  const bytes = await readBytes(file)
  refuseOtherEncodings(bytes, file)
  return parseWorkflow(bytes.toString('utf8'), file)
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    // Before it is opened: opening a pipe would wait for somebody to write to it.
    const { size, ...facts } = await stat(file).then((stats) => ({ size: stats.size, isFile: stats.isFile() }))
    if (!facts.isFile) throw new WorkflowFileError('WORKFLOW_UNREADABLE', file, 'is not a file')
    if (size > MOST_BYTES) throw tooLarge(file, size)
    return await readFile(file)
  } catch (error) {
    throw error instanceof WorkflowFileError ? error : unreadable(file, error)
  }
}

function tooLarge(file: string, size: number): WorkflowFileError {
  return new WorkflowFileError('WORKFLOW_TOO_LARGE', file, `has ${size} bytes, more than ${MOST_BYTES}`)
}

function unreadable(file: string, cause: unknown): WorkflowFileError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new WorkflowFileError('WORKFLOW_NOT_FOUND', file, 'there is no such file', { cause })
    : new WorkflowFileError('WORKFLOW_UNREADABLE', file, `cannot be read (${code})`, { cause })
}

/** A line end is never part of another character in UTF-8, so lines can be judged one by one. */
function refuseOtherEncodings(bytes: Buffer, file: string): void {
  if (isUtf8(bytes)) return
  const lines = bytes.toString('latin1').split('\n')
  const index = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')))
  const readable = Buffer.from(lines[index] ?? '', 'latin1').toString('utf8')
  const position = { line: index + 1, column: readable.indexOf('\ufffd') + 1 }
  throw new WorkflowError('WORKFLOW_SYNTAX', file, [{ path: '', message: 'not UTF-8 from here on', ...position }])
}
