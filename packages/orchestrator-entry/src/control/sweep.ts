import { readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { controlFolder } from './control-folder.ts'

/** More than that at once is not worth the time of a host that has just begun. */
const MOST_TRIED = 64

/** Removes the sockets of hosts that were killed: nobody listens there. */
export const sweepSockets = async (): Promise<void> => {
  const names = (await readdir(controlFolder())).filter((name) => name.endsWith('.sock'))
  await Promise.all(names.slice(0, MOST_TRIED).map((name) => removeDead(join(controlFolder(), name))))
}

const removeDead = async (path: string): Promise<void> => {
  if (!(await isRefused(path))) return
  await rm(path, { force: true })
}

const isRefused = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path).unref()
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
