import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LogRing } from './log-ring.ts'

const line = (text: string) => ({ at: 0, source: 'log', text }) as const

test('keeps the last 1,000 lines in their order, and counts the others', () => {
  const ring = new LogRing()
  for (let index = 0; index < 10_500; index++) ring.add(line(String(index)))
  ring.leftOut(7)
  const { lines, dropped } = ring.read()
  expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 1000 }, (_, index) => String(9500 + index)))
  expect(dropped).toBe(9507)
})

test('whatever the lines: none is lost uncounted, the last ones are kept, and they never take more than 256 KB', () => {
  const lengths = fc.array(fc.oneof(fc.nat({ max: 200 }), fc.nat({ max: 16_384 })), { maxLength: 300 })
  fc.assert(
    fc.property(lengths, (sizes) => {
      const ring = new LogRing()
      const texts = sizes.map((size, index) => `${index}${'x'.repeat(size)}`)
      for (const text of texts) ring.add(line(text))
      const { lines, dropped } = ring.read()
      expect(lines.map(({ text }) => text)).toEqual(texts.slice(dropped))
      expect(ring.bytes).toBeLessThanOrEqual(256 * 1024)
      expect(lines.length > 0).toBe(texts.length > 0)
    }),
  )
})

test('one that was read does not change with the lines that follow', () => {
  const ring = new LogRing()
  ring.add(line('first'))
  const before = ring.read()
  ring.add(line('second'))
  expect(before.lines).toEqual([line('first')])
})
