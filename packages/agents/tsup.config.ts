import { packageBuild } from '../../tsup.shared.ts'

// The schema has a door of its own: whoever starts a worker imports `.` and does not pay for zod.
export default packageBuild(['src/index.ts', 'src/plan-schema.ts'])
