import { defineGroup, type TaskGroup, type TaskRow } from '../task.ts'
import { inNativeCode } from './reasons.ts'

const shared = 'a thread shares its process'

/** No termination reaches it: the thread is given up as wedged, a process is killed. */
const blocks = (name: string, about: string, more: Partial<TaskRow> = {}): TaskRow => ({
  ...{ name, about, causes: ['timeout'], isValueWrong: true },
  threadLimits: inNativeCode,
  ...more,
})

/** The death of a process: of the task's own in one tier, of everybody's in the other. */
const kills = (name: string, about: string): TaskRow => ({
  ...{ name, about, causes: ['exit'], processCauses: ['exit', 'error'], isValueWrong: true },
  threadLimits: { died: shared },
})

export const nativeCalls: TaskGroup = defineGroup('Native calls and crashes', 'native-calls.mjs', [
  { name: 'exec-sync-sleep', about: "execSync('sleep 600')", causes: ['timeout'], isValueWrong: true },
  { name: 'spawn-sync-sleep', about: "spawnSync('sleep', ['600'])", causes: ['timeout'], isValueWrong: true },
  blocks('pbkdf2-blocking', 'pbkdf2Sync of some seconds'),
  blocks('brotli-blocking', 'brotliCompressSync of 8 MB of noise'),
  blocks('long-search', 'lastIndexOf that compares for seconds'),
  blocks('opens-fifo', 'openSync of a pipe that nobody writes'),
  blocks('pbkdf2-pool', 'eight pbkdf2 in the thread pool of the process'),
  blocks('opens-fifos-in-pool', 'four opens of such a pipe in the thread pool', {
    threadLimits: { ...inNativeCode, next: 'the thread pool of libuv belongs to the process' },
  }),
  kills('kill-sigkill', 'SIGKILL to its own process'),
  kills('kill-sigterm', 'SIGTERM to its own process'),
  kills('kill-sigsegv', 'SIGSEGV to its own process'),
  {
    name: 'kill-sigstop',
    about: 'SIGSTOP to its own process',
    causes: ['timeout'],
    threadLimits: { hang: shared },
    isValueWrong: true,
  },
  kills('kill-group', 'SIGKILL to its own process group'),
  { name: 'abort', about: 'process.abort()', causes: ['error'], processCauses: ['exit', 'error'], isValueWrong: true },
  kills('native-crash', 'a crash inside V8'),
])
