import { packageBuild } from '../../tsup.shared.ts'

const entries = [
  'src/index.ts',
  'src/worker/thread-bootstrap.ts',
  'src/worker/process-bootstrap.ts',
  'src/children/guardian-process.ts',
]

export default packageBuild(entries, {
  // Each file that a worker loads before its task costs it about half a millisecond.
  splitting: false,
})
