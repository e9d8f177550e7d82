import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../agent-limits.ts'
import { openTemporaryFolder } from '../fixtures/temporary-folder.ts'
import { type LocalContext, openLocalContext } from '../local-context.ts'
import { ManagedProcess, type ManagedProcessOptions } from './managed-process.ts'

const options = (command: string, words: readonly string[]): ManagedProcessOptions => ({
  ...{ agent: 'test', command, arguments: words, cwd: '/', input: null, limits: defaultLimits, secrets: [] },
  environment: { PATH: process.env['PATH'] ?? '' },
  graces: { killMs: 100, lingerMs: 100, drainMs: 100 },
})

async function withContext<Value>(
  work: (context: LocalContext, abort: AbortController) => Promise<Value>,
): Promise<Value> {
  await using folder = await openTemporaryFolder()
  const abort = new AbortController()
  using context = openLocalContext({ folder: folder.path, signal: abort.signal })
  return await work(context, abort)
}

async function textOf(running: ManagedProcess): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of running.output()) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

describe('ManagedProcess', () => {
  it('keeps all that a program prints which has long ended when somebody reads it', async () => {
    await withContext(async (context) => {
      const running = new ManagedProcess(options('/bin/sh', ['-c', 'echo one; echo two']), context)
      while (running.pid !== undefined && isRunning(running.pid)) await delay(1)
      // Several times what is waited for a pipe that somebody else holds.
      await delay(300)
      expect(await textOf(running)).toBe('one\ntwo\n')
      expect(await running.ended).toMatchObject({ code: 0, signal: null, stopped: null })
    })
  })

  it('waits for a reader that is slow, and loses nothing', async () => {
    await withContext(async (context) => {
      const running = new ManagedProcess(options('/bin/sh', ['-c', 'head -c 300000 /dev/zero']), context)
      let size = 0
      for await (const piece of running.output()) {
        size += piece.byteLength
        // Several times what is waited for a pipe that somebody else holds.
        await delay(150)
      }
      expect(size).toBe(300_000)
    })
  })

  it('ends when it is abandoned by its reader', async () => {
    await withContext(async (context) => {
      const running = new ManagedProcess(options('/bin/sh', ['-c', 'echo unread; sleep 600']), context)
      running.abandon()
      expect(await running.ended).toMatchObject({ stopped: 'caller' })
    })
  })

  it('is told to stop once, and the first reason counts', async () => {
    await withContext(async (context, abort) => {
      const running = new ManagedProcess(options('sleep', ['600']), context)
      running.stop('caller')
      abort.abort(new Error('later'))
      expect(await running.ended).toMatchObject({ stopped: 'caller', signal: 'SIGTERM' })
    })
  })

  it('starts nothing when it is cancelled already', async () => {
    await withContext(async (context, abort) => {
      abort.abort(new Error('before'))
      expect(() => new ManagedProcess(options('sleep', ['600']), context)).toThrow('before')
    })
  })

  it('says what was written on stderr last, and only the end of it', async () => {
    await withContext(async (context) => {
      const code = 'i=0; while [ $i -lt 3000 ]; do echo "line $i" >&2; i=$((i+1)); done'
      const running = new ManagedProcess(options('/bin/sh', ['-c', code]), context)
      await textOf(running)
      const { stderr } = await running.ended
      expect(stderr).toMatch(/line 2999$/)
      expect(stderr.length).toBeLessThanOrEqual(8 * 1024)
    })
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
