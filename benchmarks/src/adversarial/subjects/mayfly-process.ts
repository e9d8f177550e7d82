import { openSupervisor } from './mayfly.ts'
import type { Subject } from './subject.ts'

export const subject: Subject = {
  lacks: 'A boundary for the file system and for other processes of the same user.',
  open: () => openSupervisor('process'),
}
