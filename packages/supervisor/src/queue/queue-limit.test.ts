import { expect, test } from 'vitest'
import { autoMaxQueue } from './queue-limit.ts'

test('the queue may take a sixteenth of the heap at 2 KB a task, and 10,000 tasks in any', () => {
  expect(autoMaxQueue(4096 * 1024 * 1024)).toBe(131_072)
  expect(autoMaxQueue(64 * 1024 * 1024)).toBe(10_000)
  expect(autoMaxQueue()).toBeGreaterThanOrEqual(10_000)
})
