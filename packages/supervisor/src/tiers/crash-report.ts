import { INSPECTOR_TALK } from '../profile/process-inspector.ts'

const TAIL_BYTES = 8 * 1024

/** The last words of a process: V8 says on stderr what it died of. */
export class OutputTail {
  #text = ''

  add(piece: Buffer): void {
    this.#text = (this.#text + piece.toString('latin1')).slice(-TAIL_BYTES)
  }

  get text(): string {
    return this.#text.replace(INSPECTOR_TALK, '')
  }
}

/** How V8 words the end that want of memory brings, in all of eleven kinds that were tried on Node 22, 24 and 26. */
const OUT_OF_MEMORY = /^(?:FATAL ERROR: .*out of memory|# Fatal process out of memory: .*)$/m

/** A process that died of memory looks like any other abort, but for what it said. */
export const isOutOfMemory = (signal: string | null, stderr: string): boolean =>
  (signal === 'SIGABRT' || signal === 'SIGTRAP') && OUT_OF_MEMORY.test(stderr)

/** With the code that a thread's death of memory has. */
export const outOfMemory = (stderr: string): Error => {
  const [reason = 'JavaScript heap out of memory'] = OUT_OF_MEMORY.exec(stderr) ?? []
  return Object.assign(new Error(`the worker process ran out of memory: ${reason}`), {
    code: 'ERR_WORKER_OUT_OF_MEMORY',
  })
}
