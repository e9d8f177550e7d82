import type { Cell, CellResult } from './cell.ts'
import { measureLoad } from './load-cell.ts'
import { measureWaiting } from './waiting-cell.ts'

/* One cell in a process of its own: nothing that another cell did is in its heap. It gets its cell by message. */

const measure = (cell: Cell): Promise<CellResult> =>
  cell.what === 'waiting' ? measureWaiting(cell.kind, cell.tasks) : measureLoad(cell.tasks, cell.seed)

process.once('message', (cell: Cell) => {
  measure(cell).then(
    (result) => process.send?.(result, () => process.disconnect?.()),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exitCode = 1
      process.disconnect?.()
    },
  )
})
