import type { Subject } from './subject.ts'

type Load = () => Promise<{ readonly subject: Subject }>

/** Each is imported by the processes that try it, so that none can break another. */
const subjects: Readonly<Record<string, Load>> = {
  'mayfly-thread': () => import('./mayfly-thread.ts'),
  'mayfly-process': () => import('./mayfly-process.ts'),
  piscina: () => import('./piscina.ts'),
  tinypool: () => import('./tinypool.ts'),
  workerpool: () => import('./workerpool.ts'),
  poolifier: () => import('./poolifier.ts'),
  'jest-worker': () => import('./jest-worker.ts'),
  'raw-worker': () => import('./raw-worker.ts'),
}

export const subjectNames: readonly string[] = Object.keys(subjects)

/** @throws Error for a name that is not known, or a subject that cannot be imported. */
export const loadSubject = async (name: string): Promise<Subject> => {
  const load = subjects[name]
  if (load === undefined) throw new Error(`No subject ${name}`)
  const { subject } = await load()
  return subject
}
