import { defineGroup, type TaskGroup, type TaskRow } from '../task.ts'

const endless = (name: string, about: string): TaskRow => ({ name, about, causes: ['timeout'], isValueWrong: true })

export const spins: TaskGroup = defineGroup('Never gives way', 'spins.mjs', [
  endless('spin', 'for (;;)'),
  endless('try-catch-spin', 'the same, catching what it throws'),
  endless('finally-spin', 'recursion doubled in `finally`'),
  endless('microtask-spin', 'for (;;) await null'),
  endless('next-tick-spin', 'process.nextTick calls itself'),
  endless('immediate-spin', 'setImmediate calls itself'),
  endless('catastrophic-regexp', '/^(a+)+$/ on forty letters'),
  endless('atomics-wait', 'Atomics.wait without an end'),
  endless('wasm-loop', 'a loop in WebAssembly'),
  endless('sort-spin', 'a comparator that never ends'),
  endless('gc-thrash', 'makes garbage as fast as it can'),
])
