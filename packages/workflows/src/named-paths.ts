// Deeper than anybody writes, and shallow enough to look at again from every level.
const DEEPEST = 8
const LONGEST_NAME = 500

/**
 * The names and paths in a map of artifacts. `plan: plan.json` is one; in `reports: { json: r.json, text: r.md }` the
 * names are `reports.json` and `reports.text`; what says something else, as in `plan.json: { required: true }`, has
 * its name for a path, or what it calls its `path`.
 */
export function namedPaths(artifacts: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(artifacts).flatMap(([name, value]) => pathsOf(name, value))
}

function pathsOf(name: string, value: unknown): [string, string][] {
  if (['string', 'number', 'boolean'].includes(typeof value)) return [[name, String(value)]]
  if (!isMap(value)) return [[name, name]]
  if (typeof value['path'] === 'string') return [[name, value['path']]]
  if (name.length > LONGEST_NAME || !holdsPaths(value)) return [[name, name]]
  return namedPaths(value).map(([inner, path]) => [`${name}.${inner}`, path])
}

/** Every text in it looks like a path: no blanks, and a dot or a slash. */
function holdsPaths(value: Readonly<Record<string, unknown>>, levels = DEEPEST): boolean {
  const parts = Object.values(value)
  const isOne = (part: unknown) => (isMap(part) ? levels > 1 && holdsPaths(part, levels - 1) : isPath(part))
  return parts.length > 0 && parts.every(isOne)
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\S*[./]\S*$/.test(value)
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
