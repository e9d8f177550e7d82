/* The first code of every worker process. Started by the supervisor only, with two pipes beside the usual three. */
import { Buffer } from 'node:buffer'
import { readSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { WORKER_MARKER, workersOfMark } from '../children/worker-marker.ts'
import { cloneForFrame, encodeFrame, FrameDecoder } from '../messages/frames.ts'
import type { SupervisorMessage, WorkerBirth } from '../messages/messages.ts'
import { runWorker } from './worker-main.ts'
import type { WorkerPort } from './worker-port.ts'

/** Its memory cannot be read from outside; the supervisor sees the resident size and, so often, what is said here. */
const REPORT_USAGE_EVERY_MS = 250

/** To the supervisor. Blocking, so that nothing is lost when the task exits, and a flood waits where it is made. */
const OUTGOING = 3
/** From the supervisor. Not blocking once its socket is open. */
const INCOMING = 4

const decoder = new FrameDecoder()
const NOTHING = Buffer.alloc(0)
const piece = Buffer.allocUnsafe(64 * 1024)
let socket: Socket | undefined
let hasAssignment = false

/** Loading `node:net` takes 1 ms, so it waits until the task runs, or until a spare has nothing else to do. */
const openSocket = (): Socket => {
  const { Socket } = process.getBuiltinModule('node:net')
  return new Socket({ fd: INCOMING, readable: true, writable: false })
    .on('close', endWithGroup)
    .on('error', endWithGroup)
}

const writeAll = (bytes: Uint8Array): void => {
  for (let written = 0; written < bytes.length; ) written += writeSync(OUTGOING, bytes, written)
}

/** Messages that have arrived; empty when there is none (EAGAIN). */
const readWaiting = function* (): Generator<SupervisorMessage> {
  // What the event loop has read already and is just being told of may stand before it.
  yield* decoder.push(NOTHING) as Generator<SupervisorMessage>
  for (;;) {
    let bytes = 0
    try {
      bytes = readSync(INCOMING, piece)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
      throw error
    }
    if (bytes === 0) return endWithGroup()
    yield* decoder.push(Buffer.from(piece.subarray(0, bytes))) as Generator<SupervisorMessage>
  }
}

/** The supervisor has gone, and with it every reason to be. Its guardian ends a process that does not hear this. */
const endWithGroup = (): never => {
  process.kill(-process.pid, 'SIGKILL')
  throw new Error('its own process group could not be ended')
}

const pipePort: WorkerPort = {
  post: (message) => writeAll(encodeFrame(message)),
  clone: cloneForFrame,
  *takeWaiting() {
    if (socket === undefined && !hasAssignment) {
      hasAssignment = true
      return yield readNext() as SupervisorMessage
    }
    socket ??= openSocket()
    yield* readWaiting()
  },
  listen: (listener) => {
    socket ??= openSocket()
    const hear = (bytes: Buffer): void => {
      for (const message of decoder.push(bytes)) listener(message as SupervisorMessage)
    }
    hear(NOTHING)
    socket.on('data', hear)
  },
}

/** What comes first, the birth, and for a worker that is no spare its assignment. Until the socket is opened the pipe blocks. */
const readNext = (): unknown => {
  for (let bytes = 0; ; bytes = readSync(INCOMING, piece) || endWithGroup()) {
    for (const message of decoder.push(Buffer.from(piece.subarray(0, bytes)))) return message
  }
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/**
 * Node writes its compile cache when a process ends by itself, and a worker is killed. What is in the cache already is not written again;
 * a thread that is ended writes its own.
 */
const keepCompiled = (): void => process.getBuiltinModule('node:module').flushCompileCache()

/** Imported by anyone else, it does nothing: their file descriptors are not these pipes. */
const workerId = process.argv[2]

if (workerId !== undefined && workersOfMark(process.env[WORKER_MARKER] ?? '').includes(workerId)) {
  void runWorker(readNext() as WorkerBirth, {
    port: pipePort,
    threadId: null,
    cpuMs,
    reportUsageEveryMs: REPORT_USAGE_EVERY_MS,
    imported: keepCompiled,
  })
}
