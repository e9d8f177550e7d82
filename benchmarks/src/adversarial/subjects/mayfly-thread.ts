import { openSupervisor } from './mayfly.ts'
import type { Subject } from './subject.ts'

export const subject: Subject = {
  lacks: 'A boundary for native crashes, signals and file descriptors.',
  open: () => openSupervisor('thread'),
}
