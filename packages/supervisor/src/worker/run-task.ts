import type { Assignment, Usage } from '../messages/messages.ts'
import { ChunkSender } from './chunk-sender.ts'
import { packResult } from './packed-result.ts'
import { finalValue } from './returned-stream.ts'
import { createTaskContext, type TaskContext } from './task-context.ts'
import { NotCloneableError } from './uncloneable.ts'
import type { WorkerChannel } from './worker-channel.ts'
import type { WorkerPort } from './worker-port.ts'

export type Handler = (input: unknown, context: TaskContext) => unknown

/** Where a task runs. */
export interface Workplace {
  readonly workerId: string
  readonly channel: WorkerChannel
  readonly chunks: ChunkSender
  readonly signal: AbortSignal
  readonly clone: WorkerPort['clone']
  readonly usage: () => Usage
}

/** Runs the task and sends its result; rejects with what it has thrown, or with what is wrong with its result. */
export const runTask = async (handler: Handler, assignment: Assignment, workplace: Workplace): Promise<void> => {
  const { workerId, channel, chunks, signal } = workplace
  const context = createTaskContext({
    ...assignment,
    workerId,
    signal,
    chunks,
    send: (message, bytes) => channel.send(message, bytes),
  })
  const running = handler(assignment.input, context)
  // Not before the task's first line: it takes a worker process 1 ms.
  channel.listen()
  await sendResult(await finalValue(await running, chunks), assignment, workplace)
}

export const createChunkSender = (
  channel: WorkerChannel,
  { isStreamed }: Assignment,
  signal: AbortSignal,
  clone: WorkerPort['clone'],
): ChunkSender =>
  new ChunkSender({
    isStreamed,
    signal,
    send: (message, bytes, transfer) => channel.send(message, bytes, transfer),
    clone,
    receiveWaiting: () => channel.receiveWaiting(),
  })

const sendResult = async (
  value: unknown,
  assignment: Assignment,
  { channel, clone, usage }: Workplace,
): Promise<void> => {
  const { transfer, ...packed } = await packResult(value, assignment, clone)
  const { file, bytes } = packed
  if (file !== undefined) channel.send({ type: 'artifact', artifact: file.artifact })
  channel.flush()
  try {
    const { droppedLogLines } = channel
    channel.send({ type: 'result', ...packed, usage: usage(), droppedLogLines }, bytes, transfer)
  } catch (cause) {
    throw new NotCloneableError('result', value, clone, cause)
  }
}
