/* The first code of every worker thread. */
import { readlinkSync } from 'node:fs'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { BRAND, type SupervisorMessage, type WorkerBirth } from '../messages/messages.ts'
import type { Transferable } from '../tiers/transport.ts'
import { endInput } from './captured-output.ts'
import { runWorker } from './worker-main.ts'
import type { WorkerPort } from './worker-port.ts'

/** What a thread finds in its `workerData`. */
export interface ThreadBirth extends WorkerBirth {
  readonly port: MessagePort
}

/** Node refuses to move some memory (of WebAssembly, of a Buffer pool, of another port), and then moves none: all is copied instead. */
const postMoving = (port: MessagePort, message: unknown, transfer: readonly Transferable[]): void => {
  if (transfer.length === 0) return port.postMessage(message)
  try {
    port.postMessage(message, [...transfer])
  } catch (error) {
    if ((error as Error)?.name !== 'DataCloneError') throw error
    port.postMessage(message)
  }
}

const threadPort = (port: MessagePort): WorkerPort => ({
  post: (message, transfer = []) => postMoving(port, message, transfer),
  clone: structuredClone,
  listen: (listener) => void port.on('message', listener),
  *takeWaiting() {
    for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port)) {
      yield got.message as SupervisorMessage
    }
  },
})

/** The operating system's number of this thread, by which its child processes are found; null where there is no /proc. */
const osThreadId = (): number | null => {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return null
  }
}

/** `process.threadCpuUsage` came with Node 23.9. */
const cpuMs = (): number | null => {
  if (typeof process.threadCpuUsage !== 'function') return null
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

// Task code must not reach the channel: it is taken out of `workerData`, and the unbounded `parentPort` is closed.
const birth = workerData as ThreadBirth
if (birth?.brand === BRAND) {
  const own = { ...birth }
  for (const key of Object.keys(birth)) Reflect.deleteProperty(birth, key)
  parentPort?.close()
  endInput()
  void runWorker(own, {
    port: threadPort(own.port),
    threadId: osThreadId(),
    cpuMs,
    reportUsageEveryMs: undefined,
  })
}
