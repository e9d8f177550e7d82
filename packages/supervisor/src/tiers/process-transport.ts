import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ownProcesses } from '../children/own-processes.ts'
import { killTree, readProcessUsage, signalGroup } from '../children/process-tree.ts'
import { encodeFrame, FrameDecoder, LONGEST_WORKER_FRAME } from '../messages/frames.ts'
import { type Assignment, BRAND, REHEARSAL, type SupervisorMessage } from '../messages/messages.ts'
import type { InspectorListener, InspectorWire } from '../profile/inspector-wire.ts'
import { ProcessInspector } from '../profile/process-inspector.ts'
import { unsupported } from '../profile/unsupported.ts'
import { isOutOfMemory, OutputTail, outOfMemory } from './crash-report.ts'
import { handlerFile } from './permission-arguments.ts'
import { processArguments } from './process-arguments.ts'
import {
  birthOf,
  type MemorySample,
  type Transport,
  type WorkerHandle,
  type WorkerListener,
  type WorkerStart,
} from './transport.ts'
import { markedEnvironment, type Surroundings } from './worker-environment.ts'
import { expectExit, WorkerInbox } from './worker-inbox.ts'

/** How long the last words of a dead process may take to arrive. */
const LAST_WORDS_MS = 1000

/** No worker of ours has more than 8 to read; one that asks on without reading would fill this process's memory. */
const MOST_UNREAD_ACKNOWLEDGEMENTS = 64

/** Its own door in `exports`, so that it is found from source, from dist and under a bundler alike. */
const processBootstrap = fileURLToPath(import.meta.resolve('@mayfly/supervisor/process-bootstrap'))

/**
 * One fresh Node process for each session, leading a process group of its own. What would take a thread's whole process down takes
 * down only this one. The wire is a pair of pipes with V8's structured clone, not Node's IPC channel: see `frames.ts`.
 */
export class ProcessTransport implements Transport {
  readonly isolation = 'process'
  readonly enforced = true
  readonly #surroundings: Surroundings

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
  }

  start(start: WorkerStart, listener: WorkerListener): WorkerHandle {
    const birth = encodeFrame(birthOf(BRAND, prepareRestricted(start)))
    const child = spawn(process.execPath, processArguments(processBootstrap, start), {
      detached: true,
      env: markedEnvironment(start, this.#surroundings),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    })
    const handle = new ProcessHandle(child, birth, listener, start.permissions !== undefined)
    if (start.waits) handle.rehearse()
    return handle
  }
}

/** A restricted worker may not read the links that lead to its handler, nor use a folder that was not there when it began. */
const prepareRestricted = (start: WorkerStart): WorkerStart => {
  if (start.permissions === undefined) return start
  if (start.artifactFolder !== null) mkdirSync(start.artifactFolder, { recursive: true, mode: 0o700 })
  return { ...start, handler: { ...start.handler, url: pathToFileURL(handlerFile(start)).href } }
}

class ProcessHandle implements WorkerHandle {
  readonly fuse = 'set'
  readonly threadId = null
  readonly #child: ChildProcess
  readonly #isRestricted: boolean
  readonly #listener: WorkerListener
  readonly #inbox: WorkerInbox
  readonly #decoder: FrameDecoder = new FrameDecoder(LONGEST_WORKER_FRAME)
  readonly #stderr: OutputTail = new OutputTail()
  #inspector: ProcessInspector | undefined
  #unreadAcknowledgements = 0
  #hasExited = false
  #isReported = false

  constructor(child: ChildProcess, birth: Buffer, listener: WorkerListener, isRestricted: boolean) {
    this.#child = child
    this.#isRestricted = isRestricted
    this.#listener = listener
    this.#inbox = new WorkerInbox(listener, (sequence) => this.#acknowledge(sequence))
    child.on('error', (error) => this.#onError(error))
    if (child.pid === undefined) return
    ownProcesses.add(child.pid)
    this.#connect(child)
    this.#outgoing?.write(birth)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  run(assignment: Assignment): void {
    this.#post({ type: 'run', assignment })
  }

  rehearse(): void {
    this.#post(REHEARSAL)
  }

  hold(isHeld: boolean): void {
    const pipes = this.#child.stdio.filter((stream) => stream !== null) as unknown as Socket[]
    for (const part of [this.#child, ...pipes]) isHeld ? part.ref() : part.unref()
  }

  abort(reason: string): void {
    this.#post({ type: 'abort', reason })
  }

  taken(chunks: number): void {
    this.#post({ type: 'taken', chunks })
  }

  terminate(): void {
    if (this.pid !== undefined && !this.#hasExited) signalGroup(this.pid, 'SIGTERM')
  }

  kill(): void {
    if (this.pid === undefined || this.#hasExited) return
    killTree(this.pid)
    signalGroup(this.pid, 'SIGKILL')
  }

  async sample(): Promise<MemorySample | undefined> {
    if (this.pid === undefined || this.#hasExited) return undefined
    const usage = readProcessUsage(this.pid)
    return usage && { ...usage, heapMb: null, heapSizeLimitMb: null, externalMb: null, heldMb: null }
  }

  async inspect(listener: InspectorListener): Promise<InspectorWire> {
    if (this.#isRestricted) throw unsupported('Node keeps the inspector from processes that permissions restrict')
    this.#inspector ??= new ProcessInspector(this.#child)
    return await this.#inspector.open(listener)
  }

  get #outgoing(): Writable | undefined {
    return this.#child.stdio[4] as Writable | undefined
  }

  #connect(child: ChildProcess): void {
    const incoming = child.stdio[3] as Readable
    incoming.on('data', (piece: Buffer) => this.#receive(piece)).on('error', ignore)
    this.#outgoing?.on('error', ignore)
    child.stderr?.on('data', (piece: Buffer) => this.#stderr.add(piece)).on('error', ignore)
    const silent = [untilClosed(incoming), untilClosed(child.stderr ?? incoming)] as const
    void silent[0].then(() => expectExit(this.#listener, () => this.#hasExited))
    child.once('exit', (exitCode, signal) => void this.#onExit(exitCode, signal, silent))
  }

  #receive(piece: Buffer): void {
    if (this.#isReported || this.#inbox.isBroken) return
    try {
      for (const message of this.#decoder.push(piece)) {
        this.#inbox.take(message)
        if (this.#inbox.isBroken) return
      }
    } catch (error) {
      this.#inbox.break(`what it wrote is no message (${(error as Error).message})`)
    }
  }

  async #onExit(exitCode: number | null, signal: string | null, silent: readonly Promise<unknown>[]): Promise<void> {
    this.#hasExited = true
    const { pid } = this
    // Members of its group may have outlived it; as long as there are any, the number is not given to another.
    if (pid !== undefined) {
      signalGroup(pid, 'SIGKILL')
      ownProcesses.delete(pid)
    }
    // What it said before it ended counts, so it is taken in first. A stranger may hold its stderr open.
    const isLate = delay(LAST_WORDS_MS, undefined, { ref: false })
    await Promise.race([Promise.all(signal === null ? silent.slice(0, 1) : silent), isLate])
    this.#isReported = true
    for (const stream of this.#child.stdio) stream?.destroy()
    if (isOutOfMemory(signal, this.#stderr.text)) this.#listener.crashed(outOfMemory(this.#stderr.text))
    this.#listener.exited(exitCode, signal, this.#stderr.text)
  }

  #onError(error: Error): void {
    // With a pid it says that a signal could not be sent, and its exit is on the way.
    if (this.pid === undefined) this.#listener.notStarted(error)
  }

  #acknowledge(sequence: number): void {
    if (this.#unreadAcknowledgements >= MOST_UNREAD_ACKNOWLEDGEMENTS) {
      return this.#inbox.break('it asks for acknowledgements that it does not read')
    }
    this.#unreadAcknowledgements++
    this.#post({ type: 'acknowledge', sequence }, () => void this.#unreadAcknowledgements--)
  }

  #post(message: SupervisorMessage, onRead: () => void = ignore): void {
    const frame = encodeFrame(message)
    if (!this.#hasExited) this.#outgoing?.write(frame, onRead)
  }
}

/** An error on a pipe is the end of it, and that is told by its `close`. */
const ignore = (): void => {}

/** Not `once` of `node:events`, which rejects at an error that comes first. */
const untilClosed = (stream: Readable): Promise<void> =>
  new Promise((resolve) => {
    stream.once('close', resolve)
  })
