import { worker, workerEmit } from 'workerpool'
import { runExport } from './run-export.mjs'

worker({ run: (call) => runExport(call, { progress: (value) => workerEmit(value) }) })
