import { assertLimits, readLimits } from './claim-step.ts'
import type { Limits } from './limits.ts'
import { limitsTable, updateLimits } from './sql/limits-table.ts'
import { encodeFields } from './sql/table.ts'
import { type StoreContext, write } from './store-context.ts'
import { encoded } from './store-database.ts'

/** Keeps what is left out. */
export function setLimits(context: StoreContext, limits: Partial<Limits>): Limits {
  const cells = encoded(() => encodeFields<Limits>(limitsTable, assertLimits(limits)))
  return write(context, () => {
    const columns = Object.keys(cells)
    if (columns.length > 0) context.database.run(updateLimits(columns), cells)
    return readLimits(context)
  })
}
