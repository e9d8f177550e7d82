import { isMainThread } from 'node:worker_threads'

export const describeThread = (input) => ({ input, isMainThread })

export const fillMap = () => {
  const map = new Map()
  for (let key = 0; ; key++) map.set(key, { key })
}
