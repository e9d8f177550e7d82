/**
 * When a step runs. `cel`: an expression over `run`, `inputs`, `steps` and `outputs`, checked when the plan was made.
 * `prose`: words for people, which nothing here evaluates: the step runs. `constant`: the file says true or false.
 */
export type Condition =
  | { readonly kind: 'cel'; readonly source: string }
  | { readonly kind: 'prose'; readonly text: string }
  | { readonly kind: 'constant'; readonly value: boolean }
