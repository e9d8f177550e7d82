import { rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { ControlError } from './control-error.ts'
import { assertOurs, socketPath } from './control-folder.ts'
import { type ControlRequest, type ControlResult, controlAnswer } from './control-protocol.ts'
import { LineReader, parseLine } from './line-reader.ts'

export interface AskOptions {
  /** Gives it up: the host is hung up on. */
  readonly signal?: AbortSignal | undefined
  /** The host has taken the request. */
  readonly onAccepted?: (() => void) | undefined
}

/**
 * Asks the process that the store knows by this id.
 * @throws ControlError `CONTROL_NO_HOST`, `CONTROL_FOLDER_UNSAFE`, `CONTROL_PROTOCOL`, or the code of the host's error.
 */
export const askHost = async (
  bootId: string,
  request: ControlRequest,
  { signal, onAccepted }: AskOptions = {},
): Promise<ControlResult> => {
  assertOurs()
  const socket = await openSocket(socketPath(bootId))
  const hangUp = (): void => void socket.destroy()
  signal?.addEventListener('abort', hangUp, { once: true })
  try {
    socket.write(`${JSON.stringify(request)}\n`)
    return await readResult(socket, onAccepted)
  } finally {
    signal?.removeEventListener('abort', hangUp)
    socket.destroy()
  }
}

const openSocket = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.setEncoding('utf8')
    socket.once('connect', () => resolve(socket))
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      // Left by a host that was killed; a living one listens.
      if (cause.code === 'ECONNREFUSED') rmSync(path, { force: true })
      reject(noHost(cause))
    })
  })

const readResult = async (socket: Socket, onAccepted: (() => void) | undefined): Promise<ControlResult> => {
  const lines = new LineReader()
  try {
    for await (const piece of socket) {
      for (const line of lines.push(piece as string)) {
        const answer = controlAnswer.parse(parseLine(line))
        if (answer.type === 'done') return answer.result
        if (answer.type === 'failed') throw new ControlError(answer.error.code, answer.error.message)
        onAccepted?.()
      }
    }
  } catch (error) {
    if (error instanceof ControlError) throw error
    throw new ControlError('CONTROL_PROTOCOL', `The process that runs it broke off: ${(error as Error).message}`, {
      cause: error,
    })
  }
  throw noHost()
}

const noHost = (cause?: unknown): ControlError =>
  new ControlError('CONTROL_NO_HOST', 'The process that runs it is gone, or takes no requests.', { cause })
