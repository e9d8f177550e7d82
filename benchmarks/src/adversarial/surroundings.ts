import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect, createServer } from 'node:net'

/* What this process is made of, as Linux shows it. */

export const threadNames = (): string[] =>
  readEach('/proc/self/task', (id) => readFileSync(`/proc/self/task/${id}/comm`, 'utf8').trim())

/** Their kinds: the numbers of sockets and pipes say nothing. */
export const fdKinds = (): string[] =>
  readEach('/proc/self/fd', (fd) => readlinkSync(`/proc/self/fd/${fd}`).replace(/:\[\d+\]$/, ''))

const readEach = (folder: string, read: (name: string) => string): string[] =>
  readdirSync(folder).flatMap((name) => {
    try {
      return [read(name)]
    } catch {
      // Gone since the folder was read; for file descriptors, the one it was read through.
      return []
    }
  })

/** What `after` has more of than `before`. */
export const added = (before: readonly string[], after: readonly string[]): string[] => {
  const left = [...before]
  return after.filter((name) => {
    const index = left.indexOf(name)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
}

/** A port that nobody listens to at this moment. */
export const findFreePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

export const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    setTimeout(() => resolve(false), 500).unref()
    socket.once('connect', () => socket.destroy())
  })
