import { writeSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

/* More of something than anybody can take in. */
const teller = (context) => context?.progress ?? ((value) => parentPort?.postMessage(value))
const turn = () => new Promise((resolve) => setImmediate(resolve))

export const progressFlood = (_input, context) => {
  const tell = teller(context)
  for (let index = 0; ; index++) tell({ index })
}

export const progressFloodThenReturn = (_input, context) => {
  const tell = teller(context)
  for (let index = 0; index < 300_000; index++) tell({ index })
  return 'all told'
}

export const asyncProgressFlood = async (_input, context) => {
  const tell = teller(context)
  for (let index = 0; ; index++) {
    tell({ index })
    if (index % 1000 === 0) await turn()
  }
}

export const bigProgressFlood = (_input, context) => {
  const tell = teller(context)
  const text = 'x'.repeat(400_000)
  for (let index = 0; ; index++) tell({ index, text })
}

export const heartbeatFlood = (_input, context) => {
  const beat = context?.heartbeat ?? (() => parentPort?.postMessage({ type: 'heartbeat' }))
  for (;;) beat()
}

/** Checkpoints must not get lost: what holds a flood of them back? */
export const checkpointFlood = (_input, context) => {
  const save = context?.checkpoint ?? ((value) => parentPort?.postMessage(value))
  const text = 'x'.repeat(100_000)
  for (let index = 0; ; index++) save({ index, text })
}

export const smallCheckpointFlood = (_input, context) => {
  const save = context?.checkpoint ?? ((value) => parentPort?.postMessage(value))
  for (let index = 0; ; index++) save(index)
}

/** A value that cannot be sent must not disturb the ones after it. */
export const uncloneableProgress = (_input, context) => {
  const tell = teller(context)
  for (let index = 0; index < 1000; index++) {
    try {
      tell(index % 2 === 0 ? { index } : () => index)
    } catch {}
  }
  return 'went on'
}

export const hugeCheckpoint = (_input, context) => {
  const save = context?.checkpoint ?? ((value) => parentPort?.postMessage(value))
  save(Buffer.alloc(100 * 1024 * 1024, 1))
  return 'saved'
}

export const logFlood = (_input, context) => {
  const log = context?.log ?? console.log
  for (let index = 0; ; index++) log(`line ${index}`)
}

export const consoleFlood = () => {
  for (let index = 0; ; index++) console.log('line', index)
}

export const asyncConsoleFlood = async () => {
  for (let index = 0; ; index++) {
    console.log('line', index)
    if (index % 1000 === 0) await turn()
  }
}

export const stdoutFlood = () => {
  const text = `${'x'.repeat(64 * 1024)}\n`
  for (;;) process.stdout.write(text)
}

export const longLines = () => {
  const text = 'x'.repeat(20_000_000)
  for (let count = 0; count < 50; count++) console.log(text)
  return 'written'
}

export const rawStderrFlood = () => {
  const text = Buffer.alloc(64 * 1024, 'x')
  for (;;) {
    try {
      writeSync(2, text)
    } catch {
      // A full pipe: once more.
    }
  }
}

export const emitWarnings = () => {
  for (let index = 0; ; index++) process.emitWarning(`warning ${index}`)
}

export const rejectionFlood = async () => {
  for (;;) {
    for (let index = 0; index < 1000; index++) void Promise.reject(new Error(`rejection ${index}`))
    await turn()
  }
}
