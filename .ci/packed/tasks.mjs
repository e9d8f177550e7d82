import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

export const describeThread = (input) => ({ input, isMainThread })

/** A file that is there on every system where this runs, and none of the task's business. */
export const readPassword = () => {
  try {
    readFileSync('/etc/passwd')
    return 'read'
  } catch (error) {
    return error.code
  }
}

export const fillMap = () => {
  const map = new Map()
  for (let key = 0; ; key++) map.set(key, { key })
}
