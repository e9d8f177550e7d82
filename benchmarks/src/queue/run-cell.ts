import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Cell, CellResult } from './cell.ts'

const entry = fileURLToPath(new URL('./cell-process.ts', import.meta.url))

/** @throws Error when the process ended without a result. */
export const runCell = async <Result extends CellResult>(cell: Cell): Promise<Result> => {
  const { NODE_OPTIONS: _options, ...environment } = process.env
  const child = fork(entry, { execArgv: [...process.execArgv, '--expose-gc'], env: environment })
  const results: Result[] = []
  child.on('message', (result: Result) => results.push(result))
  child.send(cell)
  const [exitCode] = await once(child, 'exit')
  if (results[0] === undefined)
    throw new Error(`The process of ${JSON.stringify(cell)} ended with ${exitCode}, without a result`)
  return results[0]
}
