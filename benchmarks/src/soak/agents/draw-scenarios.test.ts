import { expect, test } from 'vitest'
import { clientKinds } from './client-casts.ts'
import { commandKinds } from './command-casts.ts'
import { drawScenarios } from './draw-scenarios.ts'
import { httpKinds } from './http-casts.ts'
import { moduleKinds } from './module-casts.ts'
import { modelsOf, type Scenario, type Stage } from './scenario.ts'
import { wholeKinds } from './whole-runs.ts'

const stage: Stage = { url: 'http://127.0.0.1:1', node: 'node', program: (name) => name, module: (name) => name }

const draw = (seed: number, count: number, on = stage): Scenario[] => {
  const scenarios = drawScenarios(on, seed, 'run')
  return Array.from({ length: count }, () => scenarios.next().value)
}

test('the same seed draws the same runs, another one others', () => {
  expect(draw(3, 100)).toEqual(draw(3, 100))
  expect(draw(4, 100)).not.toEqual(draw(3, 100))
})

test('which models there are does not depend on where the server stands', () => {
  expect(draw(3, 100, { ...stage, url: 'http://127.0.0.1:2' }).map(modelsOf)).toEqual(draw(3, 100).map(modelsOf))
})

test('every kind comes before one comes again', () => {
  const all = [...httpKinds, ...clientKinds, ...commandKinds, ...moduleKinds, ...wholeKinds]
  const size = all.length + 2 * wholeKinds.length
  expect(new Set(draw(5, size).map(({ kind }) => kind))).toEqual(new Set(all))
})

test('no two runs share a model, so that what one was served is not taken for another’s', () => {
  const models = draw(6, 300).flatMap((scenario) => Object.keys(modelsOf(scenario)))
  expect(new Set(models).size).toBe(models.length)
})
