import { packageBuild } from '../../tsup.shared.ts'

export default packageBuild(['src/index.ts', 'src/worker/thread-bootstrap.ts', 'src/worker/process-bootstrap.ts'], {
  // Each file that a worker loads before its task costs it about half a millisecond.
  splitting: false,
})
