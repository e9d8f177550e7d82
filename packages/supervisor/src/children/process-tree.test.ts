import { afterEach, expect, test, vi } from 'vitest'
import { killTree, signalGroup } from './process-tree.ts'

afterEach(() => void vi.restoreAllMocks())

const refuseWith = (code: string): void => {
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error(`kill ${code}`), { code })
  })
}

// Only the kernel's answer is made up: a process of another user is not to be had in every place where tests run.
test.each(['ESRCH', 'EPERM'])('a process that answers %s does not stop the end of its session', (code) => {
  refuseWith(code)
  expect(() => killTree(process.pid)).not.toThrow()
  expect(() => signalGroup(process.pid, 'SIGKILL')).not.toThrow()
})
