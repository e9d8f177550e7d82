import { packageBuild } from '../../tsup.shared.ts'

// The schemas have doors of their own: whoever starts a worker imports `.` and does not pay for zod.
export default packageBuild(['src/index.ts', 'src/definition-schema.ts', 'src/plan-schema.ts'])
