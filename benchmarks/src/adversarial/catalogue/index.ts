import type { AdversarialTask, TaskGroup } from '../task.ts'
import { channel } from './channel.ts'
import { endings } from './endings.ts'
import { floods } from './floods.ts'
import { imports } from './imports.ts'
import { leftovers } from './leftovers.ts'
import { memory } from './memory.ts'
import { nativeCalls } from './native-calls.ts'
import { spins } from './spins.ts'
import { surroundings } from './surroundings.ts'
import { returns, throws } from './values.ts'

export const catalogue: readonly TaskGroup[] = [
  endings,
  returns,
  throws,
  spins,
  memory,
  nativeCalls,
  imports,
  floods,
  surroundings,
  channel,
  leftovers,
]

export const tasks: readonly AdversarialTask[] = catalogue.flatMap((group) => group.tasks)

export const taskNames: readonly string[] = tasks.map(({ name }) => name)

/** @throws Error for a name that is not in the catalogue. */
export const taskNamed = (name: string): AdversarialTask => {
  const task = tasks.find((candidate) => candidate.name === name)
  if (task === undefined) throw new Error(`No task ${name}`)
  return task
}
