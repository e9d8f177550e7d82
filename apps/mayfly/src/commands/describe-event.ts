import { oneLine } from '../table.ts'

/** A line for people: what the step said, or what was decided about it. */
export const describeEvent = ({ type, data }: { readonly type: string; readonly data: unknown }): string => {
  const text = typeof data === 'object' && data !== null && 'text' in data ? String(data.text) : JSON.stringify(data)
  return oneLine(type === 'log' ? text : `${type}: ${text}`, 200)
}
