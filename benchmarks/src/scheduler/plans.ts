import type { PlannedStep, WorkflowPlan } from '@mayfly/workflows'

export type Shape = 'chain' | 'wide' | 'layers of 10' | 'chain, sent back once'

const needsIn: Readonly<Record<Shape, (step: number, count: number) => readonly number[]>> = {
  chain: (step) => (step === 0 ? [] : [step - 1]),
  /** One, then all the others at once, then one that needs them all. */
  wide: (step, count) => (step === 0 ? [] : step === count - 1 ? range(1, count - 1) : [0]),
  'layers of 10': (step) => (step < 10 ? [] : range(step - (step % 10) - 10, step - (step % 10))),
  'chain, sent back once': (step) => (step === 0 ? [] : [step - 1]),
}

/** A plan of so many steps, none of which says more than what it needs. */
export const planOf = (shape: Shape, count: number): WorkflowPlan => {
  const needs = needsIn[shape]
  const steps = range(0, count).map((position) => stepAt(position, needs(position, count)))
  const last = steps.at(-1)
  const isSentBack = shape === 'chain, sent back once' && last !== undefined
  if (isSentBack) steps[count - 1] = { ...last, onFailure: { to: 0, max: 1 } }
  return { version: 1, name: shape, steps, inputs: [], notes: [] }
}

const stepAt = (position: number, needs: readonly number[]): PlannedStep => ({
  ...{ position, number: position, name: `Step ${position}`, agents: ['agent'], needs },
  ...{ inputs: [], outputs: [], namedOutputs: {}, attempts: null, backoffMs: null },
})

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index)
