import { AsyncLocalStorage } from 'node:async_hooks'
import type { TaskOptions } from '../options.ts'

type Callback = (...values: never[]) => unknown

/**
 * The options with callbacks that find the `AsyncLocalStorage` of whoever has submitted the task. They are called from timers and messages
 * of whatever happens to come next, which know nothing of it.
 */
export const inCallersContext = (options: TaskOptions): TaskOptions => {
  const callbacks = Object.entries(options).filter(([, value]) => typeof value === 'function') as [string, Callback][]
  if (callbacks.length === 0) return options
  const run = AsyncLocalStorage.snapshot()
  const bound = callbacks.map(([name, callback]) => [name, (...values: never[]) => run(callback, ...values)])
  return { ...options, ...Object.fromEntries(bound) }
}

/** Calls from now on, wherever they come from, as if they came from here: what they set going belongs to no caller. */
export const contextOfHere = (): (<Value>(act: () => Value) => Value) => {
  const run = AsyncLocalStorage.snapshot()
  return (act) => run(act)
}
