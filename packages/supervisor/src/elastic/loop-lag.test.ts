import { expect, test } from 'vitest'
import { LoopLag } from './loop-lag.ts'

const holdUp = (milliseconds: number): void => {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

test('sees a turn that took long, also when it was read a moment before and no timer has fired since', () => {
  const lag = new LoopLag()
  lag.start()
  lag.read()
  holdUp(200)
  expect(lag.read()).toBeGreaterThan(150)
  lag.stop()
})
