import { messageParent } from 'jest-worker'
import { runExport } from './run-export.mjs'

export const run = (call) => runExport(call, { progress: (value) => messageParent(value) })
