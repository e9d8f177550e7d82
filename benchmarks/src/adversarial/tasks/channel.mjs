import { writeSync } from 'node:fs'
import { MessagePort, parentPort } from 'node:worker_threads'

/* A task that gets hold of the channel that its pool talks through. */
const forever = () => new Promise(() => setInterval(() => {}, 1000))
const BRAND = 'mayfly/1'

/** Hands over every sender that can be found: ports through their prototype and the process's own channel. */
const captureSenders = async (context) => {
  const senders = new Set()
  const post = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (...values) {
    senders.add((value) => post.call(this, value))
    return post.apply(this, values)
  }
  context?.progress?.('look, a message')
  if (parentPort !== null) senders.add((value) => post.call(parentPort, value))
  if (typeof process.send === 'function') senders.add((value) => process.send(value))
  await new Promise((resolve) => setTimeout(resolve, 20))
  return [...senders]
}

const garbage = [
  ...[null, undefined, 0, 'text', [], {}, { brand: BRAND }, { brand: BRAND, type: 'unknown', sequence: 2 }],
  ...[
    { type: 'result', value: 'forged' },
    { brand: 'mayfly/2', type: 'result', value: 'forged', sequence: 2 },
  ],
  ...[[0, null, 'forged'], { taskId: 1, result: 'forged', error: null }, { id: 1, result: 'forged' }],
]

/** Garbage of every kind, then waits for what the pool makes of it. */
export const forgesGarbage = async (_input, context) => {
  for (const send of await captureSenders(context)) for (const value of garbage) attempt(() => send(value))
  return await forever()
}

/** `sequence` 2: the one progress message before it was the second, after `ready`. */
const forge = (messages) => async (_input, context) => {
  for (const send of await captureSenders(context)) {
    messages.forEach((message, index) => {
      attempt(() => send({ brand: BRAND, sequence: index + 3, ...message }))
    })
  }
  return await forever()
}

const usage = { heapMb: 1, externalMb: 1, cpuMs: 1 }

export const forgesResult = forge([{ type: 'result', value: 'forged', bytes: 6, usage, droppedLogLines: 0 }])

export const forgesTwoResults = forge([
  { type: 'result', value: 'forged', bytes: 6, usage, droppedLogLines: 0 },
  { type: 'result', value: 'again', bytes: 6, usage, droppedLogLines: 0 },
])

export const forgesBareResult = forge([{ type: 'result' }])

export const forgesBareFailure = forge([{ type: 'failure' }])

export const forgesBareReady = forge([{ type: 'ready' }])

export const forgesLog = forge([{ type: 'log' }, { type: 'log', line: 7 }, { type: 'log', line: { text: {} } }])

export const forgesArtifact = forge([{ type: 'artifact' }, { type: 'artifact', artifact: 'no' }])

export const forgesChildWithoutPid = forge([{ type: 'child' }, { type: 'child', pid: 'none' }, { type: 'childExit' }])

/** Asks for the death of the process that supervises it. */
export const forgesChildPid = async (input, context) => await forge([{ type: 'child', pid: input.pid }])(input, context)

/** Process group 0 is that of whoever sends the signal. */
export const forgesChildZero = forge([{ type: 'child', pid: 0 }])

export const forgesUsage = forge([
  { type: 'result', value: 'forged', bytes: Number.NaN, usage: { heapMb: 'much' }, droppedLogLines: -1 },
])

export const forgesSequence = forge([{ type: 'heartbeat', sequence: 1_000_000 }])

/** Past every window and limit that a pool's own side of the channel may have. */
export const floodsCapturedPort = async (_input, context) => {
  const senders = await captureSenders(context)
  const text = 'x'.repeat(100_000)
  for (;;) for (const send of senders) attempt(() => send({ text }))
}

/** One whole result of 100 MB, which its pool may have a limit for. */
export const forgesHugeResult = async (input, context) =>
  await forge([{ type: 'result', value: Buffer.alloc(100 * 1024 * 1024, 1), bytes: 1, usage, droppedLogLines: 0 }])(
    input,
    context,
  )

/** A thread can debug the main thread of its process. */
export const debugsMainThread = async () => {
  const { Session } = await import('node:inspector')
  const session = new Session()
  session.connectToMainThread()
  session.post('Runtime.evaluate', { expression: 'process.reallyExit(9)' })
  return await forever()
}

export const swallowsMessages = async () => {
  MessagePort.prototype.postMessage = () => {}
  if (typeof process.send === 'function') process.send = () => true
  return 'nobody hears this'
}

export const throwsOnPost = async () => {
  MessagePort.prototype.postMessage = () => {
    throw new Error('no post today')
  }
  return 'nobody hears this'
}

/** Closes the channel from inside and goes on. */
export const closesChannel = async (_input, context) => {
  const ports = new Set()
  const post = MessagePort.prototype.postMessage
  MessagePort.prototype.postMessage = function (...values) {
    ports.add(this)
    return post.apply(this, values)
  }
  context?.progress?.('look, a message')
  for (const port of ports) port.close()
  if (typeof process.disconnect === 'function') process.disconnect()
  return await forever()
}

/** Bytes that are no messages, on the file descriptor of a process's channel. */
export const garblesPipe = async () => {
  const fd = process.channel?.fd
  if (typeof fd === 'number' && fd > 2) attempt(() => writeSync(fd, '\u0000\u0001{"cmd":"NODE_\n]]garbage\n'))
  return await forever()
}

export const fakesProcessMessages = async () => {
  for (const message of garbage) {
    attempt(() => process.emit('message', message))
    attempt(() => parentPort?.emit('message', message))
  }
  process.emit('disconnect')
  process.emit('exit', 0)
  return await forever()
}

const attempt = (act) => {
  try {
    act()
  } catch {}
}
