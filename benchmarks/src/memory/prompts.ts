const MEGABYTES = [50, 200, 800]

/** Each is one task with a growing heap; all are long-running by the classifier's rules. */
export const singlePrompts: readonly string[] = MEGABYTES.map((size) => `Implement an index: build ${size} MB`)

/** Given again and again to one process. */
export const repeatedPrompts: readonly string[] = [
  'Implement an index: build 50 MB',
  'Implement an index: build 50 MB and keep 20 MB in a forgotten cache',
]
