import { failed, type InspectorClient } from './inspector-client.ts'
import { readFirst } from './read-first.ts'

export interface SnapshotRequest {
  /** Where the worker writes it. */
  readonly draft: string
  /** Milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
}

/**
 * The worker takes its snapshot and writes it itself, in one native call on its own thread: nothing of it is ever in the hands of this
 * process, whose thread goes on. (A snapshot of `worker.getHeapSnapshot()` belongs to the worker's isolate and is read by this
 * process; when the worker ends between the two, by itself or killed, the process dies of it.)
 */
export const takeHeapSnapshot = async (client: InspectorClient, request: SnapshotRequest): Promise<void> => {
  const { draft, timeoutMs, signal } = request
  const expression = `process.getBuiltinModule('node:v8').writeHeapSnapshot(${JSON.stringify(draft)})`
  const { exceptionDetails } = await client.call(
    'Runtime.evaluate',
    { expression, silent: true },
    { timeoutMs, signal },
  )
  if (exceptionDetails !== undefined) throw failed(`the worker could not write it (${describe(exceptionDetails)})`)
  // The task may have put something else in the place of what is called there.
  if (!(await readFirst(draft, 12)).startsWith('{"snapshot":'))
    throw failed('what the worker wrote is no heap snapshot')
}

const describe = (details: unknown): string => {
  const { exception } = details as { exception?: { description?: unknown } }
  return typeof exception?.description === 'string' ? (exception.description.split('\n')[0] ?? '') : 'it threw'
}
