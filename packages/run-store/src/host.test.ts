import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { currentHost, isHostAlive } from './host.ts'

test('an opening describes its process', () => {
  const host = currentHost(7)
  expect(host).toMatchObject({ pid: process.pid, openedAt: 7 })
  expect(isHostAlive(host)).toBe(true)
  expect(currentHost(7).bootId).not.toBe(host.bootId)
})

test.runIf(process.platform === 'linux')('a process that has ended is dead even before its parent looks', async () => {
  // The shell starts a process and becomes another that never asks after its child.
  const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] })
  onTestFinished(() => {
    parent.kill('SIGKILL')
  })
  const [line] = await once(parent.stdout, 'data')
  const pid = Number(String(line))
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const processStarted = Number(stat.split(') ')[1]?.split(' ')[19])
  const host = { ...currentHost(0), pid, processStarted }
  expect(isHostAlive(host)).toBe(true)

  process.kill(pid, 'SIGKILL')
  await expect.poll(() => isHostAlive(host)).toBe(false)
  expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ')
})
