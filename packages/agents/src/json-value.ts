import { AgentResultError } from './agent-errors.ts'

/** What JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** Deeper than any result a person reads, and far below the depth at which `JSON.stringify` runs out of stack. */
const deepest = 500

/**
 * Copies a value as JSON would carry it: `toJSON` is called, properties that are `undefined` are left out.
 *
 * @throws AgentResultError for what JSON would lose or refuse (functions, symbols, bigints, NaN, maps, class instances,
 * cycles, holes); the error names the path of the value, such as `$.items[3].when`.
 */
export function toJsonValue(value: unknown): JsonValue {
  return copy(value, '$', [])
}

function copy(given: unknown, path: string, parents: readonly object[]): JsonValue {
  const value = unwrap(given)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return copyNumber(value, path)
  if (typeof value !== 'object') throw new AgentResultError(path, `is ${describeKind(value)}`)
  if (parents.includes(value)) throw new AgentResultError(path, 'contains itself')
  if (parents.length >= deepest) throw new AgentResultError(path, `is nested deeper than ${deepest} levels`)
  return copyObject(value, path, [...parents, value])
}

function unwrap(value: unknown): unknown {
  const hasToJson = typeof value === 'object' && value !== null && 'toJSON' in value
  return hasToJson && typeof value.toJSON === 'function' ? value.toJSON() : value
}

function copyNumber(value: number, path: string): number {
  if (!Number.isFinite(value)) throw new AgentResultError(path, `is ${value}, which JSON cannot carry`)
  return value
}

function copyObject(value: object, path: string, parents: readonly object[]): JsonValue {
  if (Array.isArray(value)) return Array.from(value, (item, index) => copy(item, `${path}[${index}]`, parents))
  if (!isPlainObject(value)) throw new AgentResultError(path, `is an instance of ${className(value)}`)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.fromEntries(entries.map(([key, item]) => [key, copy(item, propertyPath(path, key), parents)]))
}

/** Plain in any realm: an object from a `vm` context has another `Object.prototype`. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function className(value: object): string {
  return value.constructor?.name || 'an unnamed class'
}

function describeKind(value: unknown): string {
  return value === undefined ? 'undefined' : `a ${typeof value}`
}

function propertyPath(path: string, key: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
}
