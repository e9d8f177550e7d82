import { defineGroup, type TaskGroup } from '../task.ts'

const shared = 'file descriptors belong to the process that a thread lives in'

export const surroundings: TaskGroup = defineGroup('Changes its surroundings', 'surroundings.mjs', [
  { name: 'chdir', about: "process.chdir('/')", causes: ['error'], processCauses: ['result'] },
  { name: 'umask', about: 'process.umask(0)', causes: ['error'], processCauses: ['result'] },
  { name: 'writes-environment', about: 'empties process.env and sets NODE_OPTIONS', causes: ['result'] },
  { name: 'writes-title', about: 'process.title', causes: ['result'] },
  { name: 'lowers-priority', about: 'os.setPriority(19)', causes: ['result'] },
  { name: 'deletes-globals', about: 'deletes Promise, setTimeout, Error, …', causes: ['result', 'error', 'exit'] },
  {
    name: 'breaks-prototypes',
    about: 'Array, Promise and Map methods that throw',
    causes: ['result', 'error', 'exit', 'timeout'],
  },
  {
    name: 'pollutes-objects',
    about: 'brand, type, code, … on Object.prototype',
    causes: ['result', 'error', 'timeout'],
  },
  { name: 'defines-then-on-objects', about: 'a `then` on Object.prototype that spins', causes: ['timeout', 'result'] },
  { name: 'freezes-everything', about: 'freezes every prototype', causes: ['result', 'error', 'exit'] },
  {
    name: 'breaks-process',
    about: 'process.exit, on, emit, nextTick, … throw',
    causes: ['result', 'error', 'exit', 'timeout'],
  },
  {
    name: 'removes-listeners',
    about: 'removes all listeners of process, then throws from a timer',
    causes: ['error', 'exit'],
    isValueWrong: true,
  },
  { name: 'destroys-stdout', about: 'destroys stdout and writes on', causes: ['result', 'error'] },
  { name: 'opens-inspector', about: 'listens for a debugger', causes: ['result', 'error'] },
  {
    name: 'closes-foreign-fds',
    about: 'closes the file descriptors 0 to 63',
    causes: ['timeout', 'exit', 'error', 'protocol'],
    threadLimits: { died: shared, hang: shared, lost: shared, next: shared, exit: shared },
    isValueWrong: true,
  },
])
