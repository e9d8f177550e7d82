import type { StepReport } from '../step-task.ts'

/*
 * What an agent says of itself travels with its checkpoints: they are the one thing that a worker sends of which none is lost, and the
 * next attempt gets them back.
 */

/** A checkpoint with a report beside it. */
interface Envelope {
  readonly mayfly: 'checkpoint'
  /** As the agent kept it; left out when it has kept none. */
  readonly kept?: unknown
  readonly report: Partial<StepReport>
}

export const closeEnvelope = (kept: unknown, report: Partial<StepReport> | undefined): unknown =>
  report === undefined
    ? kept
    : ({ mayfly: 'checkpoint', ...(kept !== undefined && { kept }), report } satisfies Envelope)

/** A checkpoint that was kept without a report is itself. */
export const openEnvelope = (checkpoint: unknown): { readonly kept: unknown; readonly report: unknown } =>
  isEnvelope(checkpoint)
    ? { kept: checkpoint.kept, report: checkpoint.report }
    : { kept: checkpoint, report: undefined }

const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' && value !== null && 'mayfly' in value && value.mayfly === 'checkpoint' && 'report' in value
