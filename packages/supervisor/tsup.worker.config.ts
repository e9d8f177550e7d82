import { packageBuild } from '../../tsup.shared.ts'

const entries = ['src/worker/thread-bootstrap.ts', 'src/worker/process-bootstrap.ts']

/*
 * What a worker loads before its task, in the form that starts soonest: one CommonJS file each. Beside a bare Worker an ES module
 * costs 1 ms, an `import` of node:fs from one another 1.8 ms, for it loads fs/promises as well (Node 26).
 */
export default packageBuild(entries, { outDir: 'dist/worker', format: ['cjs'], clean: false, splitting: false })
