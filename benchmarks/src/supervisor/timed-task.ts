import { fileURLToPath } from 'node:url'
import type { HandlerReference } from '@mayfly/supervisor'

/** What every subject runs; milliseconds of the clock that all threads share. */
export interface Timing {
  readonly firstLine: number
  readonly doneAt: number
}

export interface TimedTask extends Required<HandlerReference> {
  /** The same module, for pools that take a path. */
  readonly path: string
}

const fixture = (file: string, name: string): TimedTask => {
  const url = new URL(`../fixtures/${file}`, import.meta.url)
  return { module: url.href, path: fileURLToPath(url), export: name }
}

/** The module that is timed; plain JavaScript, so that no worker pays for stripping types. */
export const timedTask: TimedTask = fixture('timed-task.mjs', 'timedTask')

/** The same, on top of `typescript`. */
export const heavyTask: TimedTask = fixture('heavy-task.mjs', 'heavyTask')
