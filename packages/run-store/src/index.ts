export type { Acceptance, AcceptedRun } from './acceptance.ts'
export type { ArtifactRecord, NewArtifact } from './artifact-record.ts'
export type { AttemptEnd, SessionEnd } from './attempt-end.ts'
export type { CancelAnswer, CancelRequest } from './cancel-request.ts'
export type { ChildRecord } from './child-record.ts'
export type { AttemptReference, Checkpoint, Claim, ClaimAnswer, ClaimOptions, ClaimRefusal, Settled } from './claim.ts'
export type { ErrorRecord } from './error-record.ts'
export type { EventRecord, NewEvent } from './event-record.ts'
export { findStoreFolder } from './find-store-folder.ts'
export type { AdvanceOptions, Follow, Following, RunView, StepCounts } from './follow.ts'
export { processStartTime } from './host.ts'
export type { JsonValue } from './json-value.ts'
export type { Limits, Usage } from './limits.ts'
export type { ObservationRecord } from './observation-record.ts'
export type { RunStoreOptions } from './open-run-store.ts'
export { openRunStore } from './open-run-store.ts'
export type { NewStep, QueuedStep, QueueState, StepReference } from './queued-step.ts'
export type { LostChild, LostHost, RecoverOptions, Recovery } from './recovery.ts'
export { assertRunId, RUN_ID_PATTERN } from './run-id.ts'
export type { ListQueueOptions, RequeueOptions, RunQueue } from './run-queue.ts'
export type { ExecutionMode, NewRun, RunPatch, RunRecord, RunStatus } from './run-record.ts'
export type { ModeStatistics, RunStatistics, SpawnStatistics } from './run-statistics.ts'
export type {
  ListArtifactsOptions,
  ListEventsOptions,
  ListObservationsOptions,
  ListRunsOptions,
  ListSessionsOptions,
  RunStore,
} from './run-store.ts'
export type { RunUsage } from './run-usage.ts'
export type { SessionIsolation, SessionRecord, SessionStatus, SessionUsage } from './session-record.ts'
export { NO_FIGURES_YET, NO_USAGE_REPORTED } from './session-record.ts'
export type { OtherChange, QueuedChange, StepChange } from './step-change.ts'
export type { StepEnd } from './step-end.ts'
export type { SavedStep, StepMark, StepRecord, StepStatus } from './step-record.ts'
export type {
  ArtifactSweep,
  CheckOptions,
  Finding,
  FindingCode,
  GcOptions,
  GcReport,
  StoreCare,
  SweepOptions,
} from './store-care.ts'
export {
  BackupExistsError,
  RunExistsError,
  RunIdInvalidError,
  RunNotFoundError,
  RunNotRequeuableError,
  RunStoreError,
  StoreClosedError,
  StoreCorruptError,
  StoreFencedError,
  StoreInputError,
  StoreLockedError,
  StoreNewerVersionError,
  StoreNotADatabaseError,
  StoreNotFoundError,
  StoreOlderVersionError,
  StoreUnwritableError,
  WorkspaceBusyError,
} from './store-error.ts'
