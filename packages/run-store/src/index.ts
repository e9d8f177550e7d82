export type { ArtifactRecord } from './artifact-record.ts'
export type { ErrorRecord } from './error-record.ts'
export type { EventRecord, NewEvent } from './event-record.ts'
export { findStoreFolder } from './find-store-folder.ts'
export type { JsonValue } from './json-value.ts'
export type { ObservationRecord } from './observation-record.ts'
export type { RunStoreOptions } from './open-run-store.ts'
export { openRunStore } from './open-run-store.ts'
export { assertRunId, RUN_ID_PATTERN } from './run-id.ts'
export type { ExecutionMode, NewRun, RunPatch, RunRecord, RunStatus } from './run-record.ts'
export type { ModeStatistics, RunStatistics, SpawnStatistics } from './run-statistics.ts'
export type { ListEventsOptions, ListObservationsOptions, ListRunsOptions, RunStore } from './run-store.ts'
export type { SessionIsolation, SessionRecord, SessionStatus } from './session-record.ts'
export type { StepEnd } from './step-end.ts'
export type { StepRecord } from './step-record.ts'
export {
  RunExistsError,
  RunIdInvalidError,
  RunNotFoundError,
  RunStoreError,
  StoreClosedError,
  StoreCorruptError,
  StoreInputError,
  StoreLockedError,
  StoreNewerVersionError,
  StoreNotADatabaseError,
  StoreNotFoundError,
  StoreOlderVersionError,
  StoreUnwritableError,
} from './store-error.ts'
