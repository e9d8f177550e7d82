import { defineGroup, type TaskGroup, type TaskRow } from '../task.ts'
import { inNativeCode } from './reasons.ts'

const fuse = 'one call that allocates more than the fuse of 1 GiB aborts the process a thread lives in'
const unseen = 'the memory is in no figure that Node gives for a thread'

/** Of a process V8 may reach its limit first and abort it, or the kernel's figure for its size tells sooner. */
const inProcess = ['heap_soft', 'heap_hard', 'rss'] as const

const onHeap = (name: string, about: string, more: Partial<TaskRow> = {}): TaskRow => ({
  ...{ name, about, timeLimitMs: 8000, causes: ['heap_soft', 'heap_hard'], isValueWrong: true },
  processCauses: inProcess,
  ...more,
})

export const memory: TaskGroup = defineGroup('Eats memory', 'memory.mjs', [
  onHeap('map-bomb', 'a Map that grows'),
  onHeap('set-bomb', 'Sets that grow'),
  onHeap('dictionary-bomb', 'an object as dictionary'),
  onHeap('objects-bomb', 'an array of objects'),
  onHeap('async-objects-bomb', 'the same, giving way to the event loop'),
  onHeap('join-bomb', 'joined strings'),
  onHeap('rope-bomb', 'doubled and flattened strings'),
  onHeap('json-parse-bomb', 'JSON.parse of ever more'),
  onHeap('closures-bomb', 'closures'),
  onHeap('bigint-bomb', 'ever larger BigInts'),
  onHeap('clone-bomb', 'structuredClone of ever more'),
  onHeap('promise-bomb', 'promises that nobody settles'),
  onHeap('timers-bomb', 'timers that never fire'),
  onHeap('slow-growth', '4 MB more every 20 ms'),
  onHeap('flags-then-map-bomb', "sets V8's heap limit to 64 MB for the process, then a Map"),
  {
    name: 'array-fill',
    about: 'new Array(1e8).fill({}): 800 MB in one call',
    timeLimitMs: 1500,
    causes: ['heap_soft', 'heap_hard', 'timeout', 'result'],
    processCauses: [...inProcess, 'timeout', 'result'],
    threadLimits: { died: fuse, ...inNativeCode },
  },
  {
    name: 'buffer-bomb',
    about: 'Buffers, written',
    timeLimitMs: 4000,
    causes: ['external'],
    processCauses: ['external', 'rss'],
    isValueWrong: true,
  },
  {
    name: 'small-buffers-bomb',
    about: 'Uint8Arrays of 1 kB',
    timeLimitMs: 4000,
    causes: ['external', 'heap_soft', 'heap_hard'],
    processCauses: ['external', ...inProcess],
    isValueWrong: true,
  },
  {
    name: 'gigabyte-fill',
    about: 'one Uint8Array of 1 GiB, filled',
    timeLimitMs: 3000,
    // One native call: 0.3 s on one machine, 4 s on another, where pages are dear.
    causes: ['external', 'rss', 'timeout', 'result'],
    threadLimits: inNativeCode,
  },
  {
    name: 'shared-memory-bomb',
    about: `SharedArrayBuffers, written: ${unseen}`,
    timeLimitMs: 4000,
    causes: ['rss'],
    isValueWrong: true,
  },
  {
    name: 'wasm-memory-bomb',
    about: `WebAssembly memories, written: ${unseen}`,
    timeLimitMs: 4000,
    causes: ['external', 'rss'],
    isValueWrong: true,
  },
  { name: 'untouched-buffers', about: '2 GB of ArrayBuffers, not touched', causes: ['external', 'result'] },
  {
    name: 'nested-worker-bomb',
    about: `objects in a thread that the task has made: ${unseen}, and of whose making cannot be told`,
    causes: ['timeout', 'heap_soft', 'heap_hard', 'error', 'exit'],
    processCauses: ['timeout', ...inProcess, 'error', 'exit'],
    isValueWrong: true,
  },
  { name: 'recursion', about: 'recursion without an end', causes: ['error'], isValueWrong: true },
  {
    name: 'flags-then-recursion',
    about: "raises V8's stack size for the process, then recursion",
    causes: ['error'],
    isValueWrong: true,
  },
  { name: 'json-nesting', about: 'JSON.parse of a million brackets', causes: ['error'], isValueWrong: true },
  {
    name: 'stringify-nesting',
    about: 'an array nested a million times, as JSON and as text',
    timeLimitMs: 4000,
    causes: ['error', 'heap_soft', 'heap_hard'],
    processCauses: ['error', ...inProcess],
    isValueWrong: true,
  },
])
