import { defineGroup, type TaskGroup, type TaskRow } from '../task.ts'

const broken = (name: string, about: string, source?: string): TaskRow => ({
  ...{ name, about, export: 'task', timeLimitMs: 300, causes: ['startup'], isValueWrong: true },
  ...(source !== undefined && { source }),
})

const mapBomb = 'const map = new Map(); for (let index = 0; ; index++) map.set(index, { index })'
const task = 'export const task = () => 1'

export const imports: TaskGroup = defineGroup('Cannot be imported', 'imports.mjs', [
  broken('missing-export', 'an export that is not there'),
  { ...broken('export-no-function', 'an export that is a number'), export: 'notAFunction' },
  { ...broken('missing-module', 'a file that is not there'), source: '' },
  broken('missing-import', 'imports what is not there', `import './nowhere.mjs'\n${task}`),
  broken(
    'syntax-error',
    'does not parse',
    `export const mapBomb = 'const map = new Map(); for (let index = 0; ; index++) map.set(index, { index })'
const task = () => {{{`,
  ),
  broken('import-throws', 'throws while it is imported', `throw new Error('at import')\n${task}`),
  broken('import-throws-undefined', 'throws undefined while it is imported', `throw undefined\n${task}`),
  broken('import-exits', 'exits while it is imported', `process.exit(0)\n${task}`),
  broken('import-spins', 'spins while it is imported', `for (;;);\n${task}`),
  {
    ...broken('import-bomb', 'a Map that grows while it is imported', `${mapBomb}\n${task}`),
    timeLimitMs: 8000,
    causes: ['heap_soft', 'heap_hard'],
  },
  broken('hung-await', 'awaits at top level what never comes', `await new Promise(() => {})\n${task}`),
  broken(
    'hung-await-with-timer',
    'the same with a timer',
    `await new Promise(() => setInterval(() => {}, 1e3))\n${task}`,
  ),
  broken('thenable-module', 'exports a `then` that never calls back', `export const then = () => {}\n${task}`),
  broken(
    'lying-module',
    'exports a `then` that gives something else',
    'export const then = (done) => done({ task: 7 })',
  ),
])
