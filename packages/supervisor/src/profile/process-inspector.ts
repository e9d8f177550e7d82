import type { ChildProcess } from 'node:child_process'
import type { InspectorListener, InspectorWire } from './inspector-wire.ts'
import { ProfileError } from './profile-error.ts'

/*
 * A worker process is asked for its inspector with SIGUSR1, which Node hears on a thread of its own, also while the task spins. It opens a
 * port on the loopback interface that the system chooses, and says its address on stderr, with a random UUID that is told nowhere
 * else and without which nobody gets in. It is opened only in a worker of which a profile was asked for, and is gone when the worker is.
 */

/** Options of every worker process that may be asked. Without them Node takes port 9229 and gives the UUID to whoever asks there. */
export const INSPECTOR_ARGUMENTS: readonly string[] = ['--inspect-port=127.0.0.1:0', '--inspect-publish-uid=stderr']

const ADDRESS = /^Debugger listening on (ws:\/\/127\.0\.0\.1:\d+\/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/m

/** What Node itself writes to stderr about it; no part of a worker's last words. */
export const INSPECTOR_TALK: RegExp =
  /^(?:Debugger (?:listening|ending) on ws:.*|Debugger attached\.|Waiting for the debugger to disconnect\.\.\.|For help, see: https:\/\/nodejs\.org\/.*)\n?/gm

const OPENS_WITHIN_MS = 5000

/** The inspector of one worker process: asked for once, and kept open for the next profile until the process ends. */
export class ProcessInspector {
  readonly #worker: ChildProcess
  #address: Promise<string> | undefined

  constructor(worker: ChildProcess) {
    this.#worker = worker
  }

  /** @throws ProfileError `PROFILE_NO_ANSWER` */
  async open(listener: InspectorListener): Promise<InspectorWire> {
    this.#address ??= askForAddress(this.#worker)
    return await connect(await inTime(this.#address), listener)
  }
}

const connect = async (address: string, listener: InspectorListener): Promise<InspectorWire> => {
  const socket = new WebSocket(address)
  let isClosed = false
  const close = (reason: string): void => {
    if (isClosed) return
    isClosed = true
    listener.closed(reason)
  }
  socket.addEventListener('message', ({ data }) => typeof data === 'string' && listener.message(data))
  socket.addEventListener('close', () => close('its process has ended'))
  try {
    await inTime(opened(socket))
  } catch (error) {
    socket.close()
    throw error
  }
  const params = { enabled: true }
  socket.send(JSON.stringify({ id: 0, method: 'NodeRuntime.notifyWhenWaitingForDisconnect', params }))
  return {
    send: (text) => void (socket.readyState === WebSocket.OPEN && socket.send(text)),
    close: () => socket.close(),
  }
}

/** Settles when it has said so, however late: a second signal would have it say nothing. */
const askForAddress = (worker: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    const onData = (piece: Buffer): void => {
      text = (text + piece.toString('latin1')).slice(-4096)
      const [, address] = ADDRESS.exec(text) ?? []
      if (address === undefined) return
      worker.stderr?.off('data', onData)
      resolve(address)
    }
    worker.stderr?.on('data', onData)
    worker.kill('SIGUSR1')
  })

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(noInspector()), { once: true })
  })

const inTime = async <Value>(promise: Promise<Value>): Promise<Value> => {
  const timer = Promise.withResolvers<never>()
  const timeout = setTimeout(() => timer.reject(noInspector()), OPENS_WITHIN_MS)
  try {
    return await Promise.race([promise, timer.promise])
  } finally {
    clearTimeout(timeout)
  }
}

const noInspector = (): ProfileError =>
  new ProfileError(
    'PROFILE_NO_ANSWER',
    `The worker process did not open its inspector within ${OPENS_WITHIN_MS} ms: a native call holds it, or its task has taken SIGUSR1 for itself.`,
  )
