import { isMainThread } from 'node:worker_threads'
import { z } from 'zod'
import type { InspectorListener, InspectorWire } from './inspector-wire.ts'
import { unsupported } from './unsupported.ts'

const attached = z.object({
  params: z.object({ sessionId: z.string(), workerInfo: z.object({ title: z.string() }) }),
})
const received = z.object({ params: z.object({ sessionId: z.string(), message: z.string() }) })
const detached = z.object({ params: z.object({ sessionId: z.string() }) })

/**
 * Reaches the inspector of a worker thread through that of this thread, domain `NodeWorker`, on every Node that is supported. No port is
 * opened. Workers that are none of this are let go as soon as they are offered.
 * @param threadId as Node counts them, `worker.threadId`.
 * @throws ProfileError `PROFILE_UNSUPPORTED`
 */
export const openThreadInspector = async (threadId: number, listener: InspectorListener): Promise<InspectorWire> => {
  if (!isMainThread) throw unsupported('its supervisor runs in a thread itself, where Node shows it no workers')
  const { Session } = await importInspector()
  const session = new Session()
  let sessionId: string | undefined
  let isClosed = false
  const post = (method: string, params: object): void => session.post(method, params, () => {})
  const close = (reason: string): void => {
    if (isClosed) return
    isClosed = true
    session.disconnect()
    listener.closed(reason)
  }
  session.on('NodeWorker.attachedToWorker', (offer: unknown) => {
    const { params } = attached.parse(offer)
    if (threadIdOf(params.workerInfo.title) === threadId) sessionId = params.sessionId
    else post('NodeWorker.detach', { sessionId: params.sessionId })
  })
  session.on('NodeWorker.receivedMessageFromWorker', (message: unknown) => {
    const { params } = received.parse(message)
    if (params.sessionId === sessionId) listener.message(params.message)
  })
  session.on('NodeWorker.detachedFromWorker', (message: unknown) => {
    if (detached.parse(message).params.sessionId === sessionId) close('its thread has ended')
  })
  try {
    session.connect()
  } catch (cause) {
    throw unsupported('this process may not use its inspector', cause)
  }
  await new Promise<void>((resolve) =>
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, () => resolve()),
  )
  if (sessionId === undefined) close('its thread has ended')
  return {
    send: (message) => void (isClosed || post('NodeWorker.sendMessageToWorker', { sessionId, message })),
    close: () => close('the wire was closed'),
  }
}

/** As in `[worker 7] its name`; the number that is offered beside it counts the workers of this one connection. */
const threadIdOf = (title: string): number => Number(/^\[?worker (\d+)/i.exec(title)?.[1])

/** Missing in a Node that was built without it. */
const importInspector = async (): Promise<typeof import('node:inspector')> => {
  try {
    return await import('node:inspector')
  } catch (cause) {
    throw unsupported('this Node was built without an inspector', cause)
  }
}
