import { ThreadWorker } from 'poolifier'
import { runExport } from './run-export.mjs'

export default new ThreadWorker(async (call) => await runExport(call))
