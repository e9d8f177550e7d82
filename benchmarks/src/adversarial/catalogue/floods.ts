import { defineGroup, type TaskGroup, type TaskRow } from '../task.ts'

const flood = (name: string, about: string): TaskRow => ({ name, about, causes: ['timeout'], isValueWrong: true })

export const floods: TaskGroup = defineGroup('Floods', 'floods.mjs', [
  flood('progress-flood', 'progress without an end'),
  flood('async-progress-flood', 'the same, giving way to the event loop'),
  flood('big-progress-flood', 'the same with 400 kB each'),
  { name: 'progress-flood-then-return', about: '300,000 progress values, then returns', causes: ['result', 'timeout'] },
  flood('heartbeat-flood', 'heartbeats without an end'),
  { ...flood('checkpoint-flood', 'checkpoints of 100 kB'), causes: ['timeout', 'error', 'external', 'heap_soft'] },
  { ...flood('small-checkpoint-flood', 'small checkpoints'), causes: ['timeout', 'error', 'external', 'heap_soft'] },
  { name: 'uncloneable-progress', about: 'functions between its progress values', causes: ['result'] },
  { name: 'huge-checkpoint', about: 'a checkpoint of 100 MB', causes: ['error', 'external'] },
  flood('log-flood', 'log lines without an end'),
  flood('console-flood', 'console.log without an end'),
  flood('async-console-flood', 'the same, giving way to the event loop'),
  { ...flood('stdout-flood', 'process.stdout.write of 64 kB'), causes: ['timeout', 'external', 'heap_soft'] },
  { name: 'long-lines', about: 'fifty lines of 20 MB', causes: ['result', 'timeout', 'heap_soft', 'external'] },
  flood('raw-stderr-flood', 'fs.writeSync(2) without an end'),
  { ...flood('emit-warnings', 'process.emitWarning'), causes: ['timeout', 'heap_soft', 'heap_hard'] },
  { ...flood('rejection-flood', 'a thousand unhandled rejections in each turn'), causes: ['error', 'timeout'] },
])
