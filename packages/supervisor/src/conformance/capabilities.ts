/** What the tiers differ in, in the words of the README's table. */
export const capabilities = {
  queue: 'lets tasks wait for their turn',
  spares: 'keeps workers ready (`prepare`, `spares`)',
  freshModules: 'gives each task modules of its own',
  copies: 'gives the task a copy of its input, and the caller one of its result',
  moves: 'moves what `transferList` names',
  movesBack: 'moves large ArrayBuffers of a result, and those that `context.write` names',
  sharedMemory: 'passes a `SharedArrayBuffer` as shared memory',
  environment: 'gives the task an environment of its own',
  permissions: 'restricts what the task may reach (`permissions`)',
  output: 'captures what the task prints',
  keepsLog: 'keeps the last lines of a session’s log (`getLog`)',
  hiddenChannel: 'keeps the host’s own channels from the task',
  checkedMessages: 'checks what the task says before it believes it',
  fileDescriptors: 'gives the task file descriptors of its own',
  uncaughtErrors: 'makes an error outside the task’s promise (timer, unhandled rejection) its failure',
  exit: 'outlives `process.exit()` in a task',
  crash: 'outlives a native crash or a deadly signal',
  endsSpinning: 'ends a task that never yields',
  endsBlockedOnChild: 'ends a task held by `execSync`',
  endsNativeCall: 'ends a task held by any other native call',
  memoryLimits: 'holds a task to its memory limits',
  strays: 'ends child processes that were started outside the context (Linux)',
} as const

export type Capability = keyof typeof capabilities
