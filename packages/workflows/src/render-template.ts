import { PLACEHOLDER } from './template/template-placeholders.ts'
import { TemplateUnknownError } from './template-unknown-error.ts'

/**
 * Puts values in the place of `{{name}}`, blanks inside the braces allowed. A value is inserted as it is:
 * placeholders inside a value stay, so that what a prompt says is never a template. `\{{name}}` stays as `{{name}}`.
 *
 * @throws {TemplateUnknownError} a placeholder without a value of its own (WORKFLOW_TEMPLATE_UNKNOWN)
 */
export function renderTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (written: string, backslash: string, inside: string) =>
    backslash === '' ? placeholderValue(inside.trim(), values) : written.slice(1),
  )
}

function placeholderValue(name: string, values: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined) throw new TemplateUnknownError(name, Object.keys(values))
  return value
}
