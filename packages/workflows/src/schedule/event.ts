/** What has happened in a run. The marks that come with it show it already, except for what a person decided. */
export type ScheduleEvent =
  | { readonly kind: 'start' }
  /** The last attempt of a step has ended: its mark is completed, failed, cancelled or interrupted. */
  | { readonly kind: 'ended'; readonly step: number }
  /** The words go to the step that may begin now, or stay with the one that has worked. */
  | { readonly kind: 'approved'; readonly step: number; readonly feedback: string | null }
  /** The words go to the step that the run is sent back to. */
  | { readonly kind: 'rejected'; readonly step: number; readonly feedback: string | null }
  | { readonly kind: 'resumed' }
