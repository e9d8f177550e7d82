import { defineGroup, type TaskGroup, type TaskRow } from '../task.ts'

const returnsIt = (name: string, about: string): TaskRow => ({ name, about, causes: ['result'] })
const endless = (name: string, about: string): TaskRow => ({ name, about, causes: ['timeout'], isValueWrong: true })

/** Declared in the supervisor's README: it has left its group and carries no marker. */
const cleared = 'a process that leaves its group and clears its environment is not found'

export const leftovers: TaskGroup = defineGroup('Leaves something behind', 'leftovers.mjs', [
  returnsIt('leaves-server', 'a TCP server that listens'),
  endless('leaves-server-and-spins', 'the same, then spins'),
  returnsIt('leaves-fds', '1,000 open file descriptors'),
  endless('leaves-fds-and-spins', 'the same, then spins'),
  returnsIt('leaves-watchers', '20 watchers of a folder'),
  returnsIt('leaves-timers', '1,000 timers'),
  returnsIt('leaves-thread', 'a thread of its own that spins'),
  returnsIt('leaves-many-threads', 'ten threads of its own'),
  returnsIt('leaves-child', 'a child process'),
  endless('leaves-child-and-spins', 'the same, then spins'),
  { name: 'leaves-child-and-exits', about: 'the same, then process.exit(0)', causes: ['exit'], isValueWrong: true },
  returnsIt('leaves-context-child', "a child process by the pool's own means, where it has some"),
  returnsIt('leaves-detached-child', 'a detached child process'),
  returnsIt('leaves-setsid-grandchild', 'a grandchild in a session of its own'),
  returnsIt('leaves-daemon', 'a grandchild that is nobody’s child any more'),
  { name: 'leaves-daemon-and-exits', about: 'the same, then process.exit(0)', causes: ['exit'], isValueWrong: true },
  returnsIt('returns-then-spawns', 'ten detached children, started after it has returned'),
  endless('spawns-when-aborted', 'a daemon, started when it hears of its end'),
  {
    ...returnsIt('leaves-cleared-grandchild', 'a grandchild in a session of its own without an environment'),
    limits: { processes: cleared },
  },
  { ...returnsIt('leaves-cleared-daemon', 'the same, of no living parent'), limits: { processes: cleared } },
  endless('fork-bomb-lite', 'twenty children, then waits'),
  endless('spawn-flood', 'a child process every 20 ms'),
  returnsIt('respawning-children', 'a shell that starts a child as soon as one dies'),
  returnsIt('stubborn-child', 'a child that ignores SIGTERM'),
  returnsIt('piped-child', 'a child that writes into a pipe nobody reads'),
])
