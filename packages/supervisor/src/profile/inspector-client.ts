import { z } from 'zod'
import type { InspectorListener, InspectorWire } from './inspector-wire.ts'
import { ProfileError } from './profile-error.ts'

const answer = z.object({
  id: z.number().int(),
  result: z.record(z.string(), z.unknown()).exactOptional(),
  error: z.object({ message: z.string() }).exactOptional(),
})

/** Told by a process that has come to its end and waits for its inspector to let it go. */
const WAITS_TO_EXIT = 'NodeRuntime.waitingForDisconnect'

const told = z.object({ method: z.literal(WAITS_TO_EXIT) })

type Result = Readonly<Record<string, unknown>>

export interface CallOptions {
  /** Milliseconds. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** Asks a worker's inspector and waits for its answers, which come from the worker and are read as such. */
export class InspectorClient {
  readonly #wire: InspectorWire
  readonly #waiting: Map<number, PromiseWithResolvers<Result>> = new Map()
  readonly #gone: PromiseWithResolvers<never> = Promise.withResolvers()
  #lastId = 0

  /** @throws ProfileError when there is no way to it. */
  static async open(connect: (listener: InspectorListener) => Promise<InspectorWire>): Promise<InspectorClient> {
    let client: InspectorClient | undefined
    let closedBefore: string | undefined
    const wire = await connect({
      message: (text) => client?.receive(text),
      closed: (reason) => {
        closedBefore = reason
        client?.lose(reason)
      },
    })
    client = new InspectorClient(wire)
    if (closedBefore !== undefined) client.lose(closedBefore)
    return client
  }

  private constructor(wire: InspectorWire) {
    this.#wire = wire
    this.#gone.promise.catch(() => {})
  }

  /** Rejects when the worker has gone; never resolves. */
  get gone(): Promise<never> {
    return this.#gone.promise
  }

  /** @throws ProfileError `PROFILE_NO_ANSWER`, `PROFILE_NO_WORKER`, `PROFILE_FAILED`, `PROFILE_CANCELLED` */
  async call(method: string, params: object, { timeoutMs, signal }: CallOptions): Promise<Result> {
    const id = ++this.#lastId
    const waiting = Promise.withResolvers<Result>()
    this.#waiting.set(id, waiting)
    const timer = setTimeout(() => waiting.reject(noAnswer(timeoutMs)), timeoutMs)
    const onAbort = (): void => waiting.reject(cancelled())
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      if (signal?.aborted) throw cancelled()
      this.#wire.send(JSON.stringify({ id, method, params }))
      return await Promise.race([waiting.promise, this.gone])
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      this.#waiting.delete(id)
    }
  }

  receive(text: string): void {
    const message = parse(text)
    // Or it would wait for ever: a worker ends also when somebody looks at it.
    if (told.safeParse(message).success) return this.#wire.close()
    const read = answer.safeParse(message)
    if (!read.success) return
    const { id, result, error } = read.data
    if (error === undefined) this.#waiting.get(id)?.resolve(result ?? {})
    else this.#waiting.get(id)?.reject(failed(`its inspector says: ${error.message}`))
  }

  lose(reason: string): void {
    this.#gone.reject(new ProfileError('PROFILE_NO_WORKER', `The worker ended before its profile was made: ${reason}.`))
  }

  close(): void {
    this.#wire.close()
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const failed = (why: string, cause?: unknown): ProfileError =>
  new ProfileError('PROFILE_FAILED', `No profile was made: ${why}`, { cause })

export const cancelled = (): ProfileError => new ProfileError('PROFILE_CANCELLED', 'The profile was cancelled.')

const noAnswer = (timeoutMs: number): ProfileError =>
  new ProfileError(
    'PROFILE_NO_ANSWER',
    `The worker has not answered for ${timeoutMs} ms: a native call (a large JSON.parse, execSync, zlib, crypto) holds it.`,
  )
