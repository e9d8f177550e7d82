import { defineGroup, type TaskGroup } from '../task.ts'

export const endings: TaskGroup = defineGroup('Ends', 'endings.mjs', [
  { name: 'exit-0', about: 'process.exit(0)', causes: ['exit'], isValueWrong: true },
  { name: 'exit-7', about: 'process.exit(7)', causes: ['exit'], isValueWrong: true },
  { name: 'exit-code-3', about: 'process.exitCode = 3, then returns', causes: ['result'] },
  { name: 'really-exit', about: 'process.reallyExit(9)', causes: ['exit'], isValueWrong: true },
  { name: 'exit-later', about: 'process.exit(0) from a timer', causes: ['exit'], isValueWrong: true },
  // With nothing left to wait for a thread may also leave by itself.
  { name: 'never-settles', about: 'a promise that nobody settles', causes: ['timeout', 'exit'], isValueWrong: true },
  { name: 'never-settles-but-lives', about: 'the same with a timer', causes: ['timeout'], isValueWrong: true },
  { name: 'throws-later', about: 'throws from a timer', causes: ['error'], isValueWrong: true },
  { name: 'rejects-unhandled', about: 'a rejection that nobody handles', causes: ['error'], isValueWrong: true },
  { name: 'returns-then-throws', about: 'throws after it has returned', causes: ['result'] },
  { name: 'returns-then-spins', about: 'spins after it has returned', causes: ['result'] },
  { name: 'returns-then-exits', about: 'exits after it has returned', causes: ['result'] },
  { name: 'settles-twice', about: 'a thenable that settles four times', causes: ['result'] },
  { name: 'then-getter-throws', about: 'a value whose `then` cannot be read', causes: ['error'], isValueWrong: true },
  { name: 'thenable-spins', about: 'a thenable that never comes back', causes: ['timeout'], isValueWrong: true },
  {
    name: 'swallows-uncaught',
    about: 'replaces the uncaughtException listeners, throws on and on',
    causes: ['timeout', 'error'],
    isValueWrong: true,
  },
  {
    name: 'captures-uncaught',
    about: 'setUncaughtExceptionCaptureCallback, then throws',
    causes: ['timeout', 'error'],
    isValueWrong: true,
  },
  { name: 'endless-exit-handler', about: 'returns; its exit handler never ends', causes: ['result'] },
  {
    name: 'exits-into-endless-handler',
    about: 'process.exit(0) with an exit handler that never ends',
    causes: ['timeout', 'exit'],
    isValueWrong: true,
  },
  { name: 'refuses-to-exit', about: 'its exit handler throws', causes: ['exit', 'error'], isValueWrong: true },
  { name: 'spins-when-aborted', about: 'its abort handler spins', causes: ['timeout'], isValueWrong: true },
  { name: 'ignores-abort', about: 'awaits timers for ever', causes: ['timeout'], isValueWrong: true },
])
