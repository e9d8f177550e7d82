/** Names of what may stand in `{{…}}`. */
export type TemplateValues = Readonly<Record<string, string | undefined>>

const PLACEHOLDER = /\{\{\s*([\w.]+)\s*\}\}/g

/** The names that stand in arguments. */
export function placeholdersIn(templates: readonly string[]): readonly string[] {
  return templates.flatMap((template) => [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name))
}

/** Fills placeholders in; a value never becomes two arguments, and what it holds is not filled in again. */
export function fillArguments(templates: readonly string[], values: TemplateValues): readonly string[] {
  return templates.map((template) => template.replace(PLACEHOLDER, (whole, name: string) => values[name] ?? whole))
}
