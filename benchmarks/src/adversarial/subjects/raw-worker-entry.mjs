import { parentPort, workerData } from 'node:worker_threads'
import { runExport } from './run-export.mjs'

const progress = (value) => parentPort.postMessage({ type: 'progress', value })
parentPort.postMessage({ type: 'result', value: await runExport(workerData, { progress }) })
process.exit()
