import { writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/*
 * For `node --import`: counts what a process writes to its store, and ends it with SIGKILL before one of these writes is kept. All that
 * a run has come to is in the store, so these moments are all there are between two states of it. Workers do not see the variables.
 */
const { MAYFLY_CRASH_AT, MAYFLY_CRASH_COUNT } = process.env

const count = () => {
  const { exec } = DatabaseSync.prototype
  let commits = 0
  DatabaseSync.prototype.exec = function (sql) {
    if (sql === 'COMMIT' && String(++commits) === MAYFLY_CRASH_AT) process.kill(process.pid, 'SIGKILL')
    return exec.call(this, sql)
  }
  process.on('exit', () => writeFileSync(MAYFLY_CRASH_COUNT, String(commits)))
}

if (MAYFLY_CRASH_COUNT !== undefined) count()
