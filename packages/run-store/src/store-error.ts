/** What every error of this package has: a `code` that stays the same from version to version. */
export abstract class RunStoreError extends Error {
  abstract readonly code: string
  override get name(): string {
    return this.constructor.name
  }
}

/** The file, or something in it, cannot be used; the file was left as it was found. */
abstract class StoreFileError extends RunStoreError {
  readonly path: string
  constructor(path: string, found: string, advice: string, cause?: unknown) {
    super(`Run store ${path}: ${found}. ${advice}.`, cause === undefined ? undefined : { cause })
    this.path = path
  }
}

export class StoreNewerVersionError extends StoreFileError {
  readonly code = 'STORE_NEWER_VERSION'
  readonly foundVersion: number
  readonly knownVersion: number
  constructor(path: string, foundVersion: number, knownVersion: number) {
    super(
      path,
      `it has schema version ${foundVersion}, expected at most ${knownVersion}`,
      'It belongs to a newer release and was not changed: update this program or use another store folder',
    )
    this.foundVersion = foundVersion
    this.knownVersion = knownVersion
  }
}

export class StoreOlderVersionError extends StoreFileError {
  readonly code = 'STORE_OLDER_VERSION'
  constructor(path: string, foundVersion: number, knownVersion: number) {
    super(
      path,
      `it has schema version ${foundVersion}, expected ${knownVersion}, and is opened for reading only`,
      'Open it once for writing, which brings it up to date',
    )
  }
}

export class StoreNotADatabaseError extends StoreFileError {
  readonly code = 'STORE_NOT_A_DATABASE'
  constructor(path: string, found: string, cause?: unknown) {
    super(path, `${found}, expected a run store`, 'It was not changed: move it away or use another store folder', cause)
  }
}

export class StoreCorruptError extends StoreFileError {
  readonly code = 'STORE_CORRUPT'
  constructor(path: string, detail: string, cause?: unknown) {
    super(
      path,
      `it is damaged (${oneLine(detail)}), expected an intact SQLite database`,
      'It was not overwritten: move it aside together with its -wal file, then start again or recover it with "sqlite3 FILE .recover"',
      cause,
    )
  }
}

export class StoreLockedError extends StoreFileError {
  readonly code = 'STORE_LOCKED'
  constructor(path: string, waitedMs: number, cause?: unknown) {
    super(
      path,
      `another process has kept it locked, expected it free within ${waitedMs} ms`,
      'Try again, or end the process that holds it',
      cause,
    )
  }
}

export class StoreUnwritableError extends StoreFileError {
  readonly code = 'STORE_UNWRITABLE'
  constructor(path: string, detail: string, cause?: unknown) {
    super(
      path,
      `it cannot be written (${oneLine(detail)}), expected a writable file in a writable folder`,
      'Check owner, permissions and free space, or use another store folder',
      cause,
    )
  }
}

export class StoreNotFoundError extends StoreFileError {
  readonly code = 'STORE_NOT_FOUND'
  constructor(path: string) {
    super(
      path,
      'there is no such file, expected one because it is opened for reading only',
      'Start a run first, which creates it',
    )
  }
}

export class StoreClosedError extends RunStoreError {
  readonly code = 'STORE_CLOSED'
  constructor(path: string) {
    super(`Run store ${path}: it is closed, expected an open store.`)
  }
}

/** Somebody else has taken over what this store wanted to write; nothing was written. */
export class StoreFencedError extends RunStoreError {
  readonly code = 'STORE_FENCED'
  readonly bootId: string
  constructor(bootId: string, what: string) {
    super(
      `Host ${bootId} ${what}. Nothing was written: end the sessions of this store; open another one to go on working.`,
    )
    this.bootId = bootId
  }
}

/** The run has not ended, or nothing of it can be done again. */
export class RunNotRequeuableError extends RunStoreError {
  readonly code = 'RUN_NOT_REQUEUABLE'
  readonly runId: string
  constructor(runId: string, found: string) {
    super(`Run ${runId} ${found}, expected an ended run with a step that can be queued again.`)
    this.runId = runId
  }
}

/** Another run works there, or waits to. */
export class WorkspaceBusyError extends RunStoreError {
  readonly code = 'WORKSPACE_BUSY'
  readonly workspace: string
  /** The run that is in the way. */
  readonly runId: string
  constructor(workspace: string, runId: string) {
    super(
      `Workspace ${shown(workspace)}: run ${runId} has it or waits for it, expected no other run there. Nothing was written: wait for that run or cancel it, accept this one to wait its turn, or use another workspace.`,
    )
    this.workspace = workspace
    this.runId = runId
  }
}

/** A file is there already. */
export class BackupExistsError extends RunStoreError {
  readonly code = 'BACKUP_EXISTS'
  readonly path: string
  constructor(path: string) {
    super(`Backup ${path}: there is a file of this name, expected a new one. It was not changed: choose another name.`)
    this.path = path
  }
}

/** A value that the store does not keep: wrong type, unknown status, not JSON. Nothing was written. */
export class StoreInputError extends RunStoreError {
  readonly code = 'STORE_INPUT_INVALID'
  constructor(what: string, expected: string, got: unknown, cause?: unknown) {
    super(`${what}: expected ${expected}, got ${shown(got)}.`, cause === undefined ? undefined : { cause })
  }
}

export class RunExistsError extends RunStoreError {
  readonly code = 'RUN_EXISTS'
  readonly runId: string
  constructor(runId: string) {
    super(`Run ${runId} exists already, expected an id that is not taken.`)
    this.runId = runId
  }
}

export class RunNotFoundError extends RunStoreError {
  readonly code = 'RUN_NOT_FOUND'
  readonly runId: string
  constructor(runId: string) {
    super(`Run ${shown(runId)} is not in the store, expected the id of an accepted run.`)
    this.runId = runId
  }
}

export class RunIdInvalidError extends RunStoreError {
  readonly code = 'RUN_ID_INVALID'
  constructor(id: unknown) {
    super(`Run id: expected 1 to 128 letters, digits, ".", "_" or "-", no "..", got ${shown(id)}.`)
  }
}

/** Long or strange values must not turn a message into a page. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 80 ? `${oneLine(text).slice(0, 80)}…` : oneLine(text)
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
