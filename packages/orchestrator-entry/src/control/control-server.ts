import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { makeControlFolder, socketPath } from './control-folder.ts'
import { type ControlAnswer, type ControlRequest, type ControlResult, controlRequest } from './control-protocol.ts'
import { LineReader, parseLine } from './line-reader.ts'

/** Does what was asked for; its error goes to the requester. The signal is aborted when the requester hangs up. */
export type ControlHandler = (request: ControlRequest, signal: AbortSignal) => Promise<ControlResult>

/** Where other processes of the same user ask this one. Never keeps the process alive, nor delays its end. */
export class ControlServer {
  readonly #server: Server
  readonly #path: string
  readonly #sockets: Set<Socket> = new Set()
  readonly #answering: Set<Promise<void>> = new Set()

  /** @throws ControlError `CONTROL_FOLDER_UNSAFE`; whatever listening throws. */
  static async open(bootId: string, handler: ControlHandler): Promise<ControlServer> {
    makeControlFolder()
    const server = new ControlServer(socketPath(bootId), handler)
    await server.#listen()
    return server
  }

  private constructor(path: string, handler: ControlHandler) {
    this.#path = path
    this.#server = createServer((socket) => this.#serve(socket, handler)).unref()
  }

  /** Resolves when whoever has asked so far has an answer. */
  async answered(): Promise<void> {
    await Promise.allSettled(this.#answering)
  }

  /** Hangs up on whoever still waits. Synchronous, for exit hooks. */
  closeSync(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    rmSync(this.#path, { force: true })
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#path)
    await once(this.#server, 'listening')
  }

  #serve(socket: Socket, handler: ControlHandler): void {
    const hangUp = new AbortController()
    const lines = new LineReader()
    let isAsked = false
    this.#sockets.add(socket)
    socket.unref().setEncoding('utf8')
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#sockets.delete(socket)
      hangUp.abort()
    })
    socket.on('data', (piece: string) => {
      try {
        for (const line of lines.push(piece)) {
          // One request to a connection: there is nothing to say after it but goodbye.
          if (isAsked) return void socket.destroy()
          isAsked = true
          const answering = answer(socket, line, handler, hangUp.signal)
          this.#answering.add(answering)
          void answering.finally(() => this.#answering.delete(answering))
        }
      } catch {
        socket.destroy()
      }
    })
  }
}

const answer = async (socket: Socket, line: string, handler: ControlHandler, signal: AbortSignal): Promise<void> => {
  const say = (said: ControlAnswer): void => void (socket.writable && socket.write(`${JSON.stringify(said)}\n`))
  const request = controlRequest.safeParse(parseLine(line))
  if (request.success) {
    say({ type: 'accepted' })
    say(await resultOf(handler(request.data, signal)))
  } else {
    const problems = request.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`)
    say({ type: 'failed', error: { code: 'CONTROL_PROTOCOL', message: `Not understood. ${problems.join('; ')}.` } })
  }
  socket.end()
}

const resultOf = async (handling: Promise<ControlResult>): Promise<ControlAnswer> => {
  try {
    return { type: 'done', result: await handling }
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException
    return { type: 'failed', error: { code: code ?? 'FAILED', message } }
  }
}
