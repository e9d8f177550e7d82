import { openSupervisor } from './mayfly.ts'
import type { Subject } from './subject.ts'

export const subject: Subject = {
  lacks:
    'A boundary for native crashes and signals; a limit for memory that Node does not count (shared, WebAssembly).',
  open: () => openSupervisor('thread', {}),
}
