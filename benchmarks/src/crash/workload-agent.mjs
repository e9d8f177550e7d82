import { setTimeout as delay } from 'node:timers/promises'

/* The generated work of the crash campaign: pieces with checkpoints, files, and perhaps a child process. */
export default async (request, context) => {
  const { pieces, pieceMs, artifacts, bytes, child, mark } = JSON.parse(request.prompt)
  const env = { PATH: process.env.PATH, MAYFLY_CRASH_CHILD: mark }
  if (child) context.spawn('sleep', ['120'], { stdio: 'ignore', env })
  const done = context.lastCheckpoint?.done ?? 0
  for (let piece = done; piece < pieces; piece++) {
    await delay(pieceMs, undefined, { signal: context.signal })
    context.checkpoint({ done: piece + 1 })
    context.progress({ done: piece + 1, of: pieces })
  }
  for (let n = 0; n < artifacts; n++) {
    await context.artifact(`piece-${n}.txt`, `${request.runId} ${n} of attempt ${context.attempt}\n`.padEnd(bytes, '.'))
  }
  return { summary: `${pieces} pieces`, attempt: context.attempt, began: done }
}
