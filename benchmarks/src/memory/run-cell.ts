import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cell, CellResult } from './cell.ts'

const entry = fileURLToPath(new URL('./cell-process.ts', import.meta.url))

/** @throws Error when the process ended without a result. */
export const runCell = async (
  cell: Omit<Cell, 'folder'>,
  nodeFlags: readonly string[],
  scratch: string,
): Promise<CellResult> => {
  const folder = await mkdtemp(join(scratch, 'cell-'))
  const { NODE_OPTIONS: _options, ...environment } = process.env
  const child = fork(entry, { execArgv: [...process.execArgv, ...nodeFlags, '--expose-gc'], env: environment })
  const results: CellResult[] = []
  child.on('message', (result: CellResult) => results.push(result))
  child.send({ ...cell, folder } satisfies Cell)
  const [exitCode] = await once(child, 'exit')
  if (results[0] === undefined)
    throw new Error(`The process of "${cell.prompt}" ended with ${exitCode}, without a result`)
  return results[0]
}
