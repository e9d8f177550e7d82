import { TemplateUnknownError } from './template-unknown-error.ts'

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g

/**
 * Puts values in the place of `{{name}}`, blanks inside the braces allowed. A value is inserted as it is:
 * placeholders inside a value stay, so that what a prompt says is never a template.
 *
 * @throws {TemplateUnknownError} a placeholder without a value of its own (WORKFLOW_TEMPLATE_UNKNOWN)
 */
export function renderTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (_placeholder, inside: string) => placeholderValue(inside.trim(), values))
}

function placeholderValue(name: string, values: Readonly<Record<string, string>>): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value === undefined) throw new TemplateUnknownError(name, Object.keys(values))
  return value
}
