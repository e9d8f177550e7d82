import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { onAbort } from './abort-listeners.ts'

test('many listen through one listener, each hears of the abort once, and who has left does not', () => {
  const controller = new AbortController()
  const heard: number[] = []
  const leave = Array.from({ length: 1000 }, (_, index) => onAbort(controller.signal, () => heard.push(index)))
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
  for (const stop of leave.slice(2)) stop()
  controller.abort()
  expect(heard).toEqual([0, 1])
})

test('one that leaves while the others are told is no hindrance, and when all have left nobody listens', () => {
  const controller = new AbortController()
  const heard: string[] = []
  const stops = ['a', 'b'].map((name) =>
    onAbort(controller.signal, () => {
      heard.push(name)
      for (const stop of stops) stop()
    }),
  )
  controller.abort()
  expect(heard).toEqual(['a'])
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})
