/** A file that a step produced. */
export interface ArtifactRecord {
  readonly runId: string
  readonly step: number
  /** Unique within its step. */
  readonly name: string
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** In lower-case hexadecimal. */
  readonly sha256: string
  /** Whole milliseconds since the epoch. */
  readonly createdAt: number
}

/** As it is written. */
export interface NewArtifact extends ArtifactRecord {
  /** No later step builds on it: `listArtifacts` leaves it out where it is told to. @default false */
  readonly isInternal?: boolean
}
