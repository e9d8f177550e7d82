import type { DeclaredLimits } from '../task.ts'

/* Reasons that several groups of tasks share; each is in the supervisor's README, under "What it cannot do". */

const native = 'a thread in a native call ends only when the call returns'

export const inNativeCode: DeclaredLimits = { threads: native, fds: native, exit: native }
