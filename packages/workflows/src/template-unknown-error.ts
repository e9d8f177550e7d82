/** A placeholder for which there is no value. */
export class TemplateUnknownError extends Error {
  override readonly name = 'TemplateUnknownError'
  readonly code = 'WORKFLOW_TEMPLATE_UNKNOWN'
  readonly placeholder: string
  readonly known: readonly string[]

  constructor(placeholder: string, known: readonly string[]) {
    super(`No value for {{${placeholder}}}: known are ${known.join(', ') || 'none'}`)
    this.placeholder = placeholder
    this.known = known
  }
}
