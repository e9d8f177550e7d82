/** Something of the prompt that is looked for in files: one word, or two that stand together. */
export interface QueryTerm {
  /** The stem; two stems with a space between them for a pair. */
  readonly key: string
  /** As the prompt said it, in lower case. */
  readonly word: string
  /** What a match is worth beside the other terms; 1 for a usual word. */
  readonly weight: number
}
