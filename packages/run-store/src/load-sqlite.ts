import type * as Sqlite from 'node:sqlite'

/**
 * `node:sqlite`, loaded when the first store is opened. Node 22 and 24 then warn that it is experimental: that one
 * warning is left out, because whoever runs a task can do nothing about it. Loading is synchronous, so no other warning
 * can pass through the replaced function; those that do not match are passed on all the same.
 */
export function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning
  process.emitWarning = ((...warning: Parameters<typeof emitWarning>) => {
    if (!isExperimentalSqlite(...warning)) emitWarning.apply(process, warning)
  }) as typeof emitWarning
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}

function isExperimentalSqlite(warning: string | Error, kind?: unknown): boolean {
  return kind === 'ExperimentalWarning' && String(warning).startsWith('SQLite is an experimental feature')
}
