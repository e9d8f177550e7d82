export interface ScheduleLimits {
  /** How often a run may be sent back in all, whatever `on_failure` says. From 0 on. @default 100 */
  readonly maxRounds?: number
}

/** What `schedule` asks when it needs to know. The same question must have the same answer within one call. */
export interface ScheduleQuestions {
  /** Asked of a step that has a condition, once all that it needs is done. What it throws is the step's failure. */
  condition(step: number): boolean
  /** What the step that has failed tells the one that the run is sent back to. */
  feedback(step: number): string
  readonly limits?: ScheduleLimits
}
