import type { Environment } from './detect-runtime.ts'

/** Takes known secret values out of what is logged or recorded. */
export interface Redactor {
  text(text: string): string
  /** The same for every string in a JSON value. */
  json<Value>(value: Value): Value
}

const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PRIVATE)S?$|^(PGPASSWORD|DATABASE_URL)$/i

/** Shorter values (`1`, `test`) would be found in innocent text. */
const SHORTEST_SECRET = 8

const REPLACEMENT = '[redacted]'

/**
 * The secrets are the values of environment variables whose names say so (`…_KEY`, `…_TOKEN`, `…_SECRET`, `…_PASSWORD`), and of those that
 * are named.
 */
export const createRedactor = (environment: Environment, named: ReadonlySet<string> = new Set()): Redactor => {
  const isSecret = (name: string): boolean => SECRET_NAME.test(name) || named.has(name)
  const secrets = Object.entries(environment)
    .filter(([name, value]) => isSecret(name) && value !== undefined && value.length >= SHORTEST_SECRET)
    .map(([, value]) => value as string)
    .toSorted((left, right) => right.length - left.length)
  if (secrets.length === 0) return { text: (text) => text, json: (value) => value }
  const text = (given: string): string => secrets.reduce((kept, secret) => kept.replaceAll(secret, REPLACEMENT), given)
  return { text, json: (value) => redactJson(value, text) as typeof value }
}

const redactJson = (value: unknown, text: (given: string) => string): unknown => {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((item) => redactJson(item, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [text(key), redactJson(item, text)]))
}
